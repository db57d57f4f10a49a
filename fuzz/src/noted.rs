//! What programs make values of whose drop is seen. It is the same for both of their versions.

/// The module that is in front of all programs. They run one after the other in one thread, so its log is one program's.
///
/// A captured value stays behind in a process that is gone, where nobody would see its drop: it is marked when it is
/// encoded, and silent from then on. What is decoded is another value, without the mark.
pub(crate) const NOTED: &str = r#"
mod noted {
    use std::cell::RefCell;
    use std::sync::atomic::{AtomicBool, Ordering};

    use hicam::__private::state::{DecodeError, Decoder, EncodeError, Encoder, TypeId, TypeTable};

    thread_local! {
        static EVENTS: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    }

    /// Writes that something happened.
    pub fn mark(event: u64) {
        // Where the thread ends, nobody looks any more.
        let _ = EVENTS.try_with(|events| events.borrow_mut().push(event));
    }

    /// What has happened since this was last called.
    pub fn events() -> Vec<u64> {
        EVENTS.with(RefCell::take)
    }

    /// Its drop is seen.
    pub struct Noted {
        number: u64,
        captured: AtomicBool,
    }

    pub fn noted(number: u64) -> Noted {
        mark(number.wrapping_add(1_000_000));
        Noted { number, captured: AtomicBool::new(false) }
    }

    /// The number of a value that ends here.
    pub fn ended(noted: Noted) -> u64 {
        noted.id()
    }

    impl Noted {
        pub fn id(&self) -> u64 {
            self.number
        }

        pub fn set(&mut self, number: u64) {
            self.number = number;
        }

        /// Another in its place.
        pub fn by(self, number: u64) -> Noted {
            noted(self.number.wrapping_mul(10).wrapping_add(number))
        }
    }

    impl Drop for Noted {
        fn drop(&mut self) {
            if !*self.captured.get_mut() {
                mark(self.number);
            }
        }
    }

    impl Clone for Noted {
        fn clone(&self) -> Self {
            noted(self.number.wrapping_add(5000))
        }
    }

    impl PartialEq for Noted {
        fn eq(&self, other: &Self) -> bool {
            self.number == other.number
        }
    }

    impl std::fmt::Debug for Noted {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "Noted({})", self.number)
        }
    }

    impl hicam::State for Noted {
        fn describe(types: &mut TypeTable) -> TypeId {
            u64::describe(types)
        }
        fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
            self.captured.store(true, Ordering::Relaxed);
            self.number.encode(out)
        }
        fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
            let number = hicam::State::decode(input)?;
            Ok(Noted { number, captured: AtomicBool::new(false) })
        }
    }
}
"#;
