//! What a client of the bank needs besides the generated client.

use std::collections::BTreeSet;

use super::v1::AuditReply;

/// What an audit says about the transfers that a client saw acknowledged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Transfers that were made more than once.
    pub duplicated: Vec<String>,
    /// Transfers that were acknowledged and are not in the journal.
    pub lost: Vec<String>,
    /// Transfers in the journal that nobody asked for.
    pub unknown: Vec<String>,
    /// Whether the money is all there.
    pub conserved: bool,
}

impl Verdict {
    /// Compares the audit with the ids that clients saw acknowledged and with all they asked for.
    pub fn of(
        audit: &AuditReply,
        acknowledged: &BTreeSet<String>,
        asked: &BTreeSet<String>,
    ) -> Self {
        let made: BTreeSet<&str> = audit
            .journal
            .iter()
            .map(|entry| entry.id.as_str())
            .collect();
        let ids = |entries: Vec<&String>| entries.into_iter().cloned().collect();
        Verdict {
            duplicated: ids(audit
                .journal
                .iter()
                .filter(|entry| entry.count != 1)
                .map(|entry| &entry.id)
                .collect()),
            lost: ids(acknowledged
                .iter()
                .filter(|id| !made.contains(id.as_str()))
                .collect()),
            unknown: ids(audit
                .journal
                .iter()
                .map(|entry| &entry.id)
                .filter(|id| !asked.contains(*id))
                .collect()),
            conserved: audit.conserved,
        }
    }

    /// Whether the bank kept every promise.
    pub fn is_clean(&self) -> bool {
        self.conserved
            && self.duplicated.is_empty()
            && self.lost.is_empty()
            && self.unknown.is_empty()
    }
}
