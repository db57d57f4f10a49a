//! A booking workflow as services write them: steps with retries, compensation in reverse order, a journal.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::{hicam, programs};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, hicam::State)]
enum Step {
    Flight,
    Hotel,
    Car,
    Payment,
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
enum StepError {
    Unavailable { attempt: u32 },
    Refused(String),
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StepError::Unavailable { attempt } => write!(f, "unavailable (attempt {attempt})"),
            StepError::Refused(why) => write!(f, "refused: {why}"),
        }
    }
}

#[derive(Debug, Default, hicam::State)]
struct Provider {
    calls: BTreeMap<Step, u32>,
    budget: i64,
}

impl Provider {
    /// A remote call, as far as the workflow can tell.
    async fn call(&mut self, step: Step, price: i64) -> Result<u64, StepError> {
        tokio::task::yield_now().await;
        let attempt = self.calls.entry(step).or_default();
        *attempt += 1;
        match step {
            Step::Hotel if *attempt < 3 => Err(StepError::Unavailable { attempt: *attempt }),
            Step::Payment if price > self.budget => {
                Err(StepError::Refused(format!("{price} of {}", self.budget)))
            }
            step => Ok(step as u64 * 100 + u64::from(*attempt)),
        }
    }
}

#[derive(Debug, hicam::State)]
struct Workflow {
    provider: Provider,
    journal: Vec<String>,
    done: Vec<(Step, u64)>,
}

#[hicam::migratable]
impl Workflow {
    async fn attempt(&mut self, step: Step, price: i64) -> Result<u64, StepError> {
        let mut backoff = Duration::from_micros(5);
        let mut attempts = 0;
        loop {
            attempts += 1;
            let error = match self.provider.call(step, price).await {
                Ok(id) => return Ok(id),
                Err(error @ StepError::Refused(_)) => return Err(error),
                Err(error) if attempts == 4 => return Err(error),
                Err(error) => error,
            };
            self.journal.push(format!("{step:?} {error}"));
            tokio::time::sleep(backoff).await;
            backoff *= 2;
        }
    }

    async fn compensate(&mut self) -> usize {
        let mut undone = 0;
        while let Some((step, id)) = self.done.pop() {
            hicam::point().await;
            self.journal.push(format!("undo {step:?} {id}"));
            undone += 1;
        }
        undone
    }

    async fn run(&mut self, steps: &[(Step, i64)]) -> Result<i64, (String, usize)> {
        let mut total = 0;
        for &(step, price) in steps {
            total += price;
            let cost = if step == Step::Payment { total } else { price };
            match self.attempt(step, cost).await {
                Ok(id) => self.done.push((step, id)),
                Err(error) => {
                    let undone = self.compensate().await;
                    return Err((error.to_string(), undone));
                }
            }
        }
        Ok(total)
    }
}

type Outcome = (Result<i64, (String, usize)>, Vec<String>);

#[hicam::migratable]
async fn book(budget: i64) -> Outcome {
    let mut workflow = Workflow {
        provider: Provider {
            budget,
            ..Provider::default()
        },
        journal: Vec::new(),
        done: Vec::new(),
    };
    let steps = [
        (Step::Flight, 300),
        (Step::Hotel, 200),
        (Step::Car, 50),
        (Step::Payment, 5),
    ];
    let result = workflow.run(&steps).await;
    (result, workflow.journal)
}

programs! {
    algorithms::workflow;
    a_trip_booked: book(1000);
    a_trip_undone: book(400);
}
