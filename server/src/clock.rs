//! Time, new ids and randomness: the only reader of the system's clock and of its random numbers.
//! It measures nothing and waits for nothing; timers are tokio's.
use app::domain::time::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// Where moments and ids come from. Clones of a manual clock show the same time.
#[derive(Clone, Debug)]
pub enum Clock {
    System,
    /// Stands still until it is moved: for tests.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at `at`.
    pub fn manual(at: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at.0)))
    }

    /// Moves a manual clock forward; the system's clock is left alone.
    pub fn advance(&self, milliseconds: i64) {
        if let Self::Manual(time) = self {
            time.fetch_add(milliseconds, Ordering::SeqCst);
        }
    }

    /// This moment.
    #[allow(clippy::disallowed_methods, reason = "this is the one reader of the system's clock")]
    pub fn now(&self) -> Timestamp {
        match self {
            // A clock before 1970 is set wrong; 1970 is as good an answer as any.
            Self::System => Timestamp(
                SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .map_or(0, |since| since.as_millis() as i64),
            ),
            Self::Manual(time) => Timestamp(time.load(Ordering::SeqCst)),
        }
    }

    /// A new id: UUIDv7 (RFC 9562), so that ids made later sort later.
    #[allow(clippy::disallowed_methods, reason = "this is the one place that makes ids")]
    pub fn uuid(&self) -> Uuid {
        match self {
            Self::System => Uuid::now_v7(),
            Self::Manual(time) => {
                let at = time.load(Ordering::SeqCst).max(0) as u64;
                uuid::Builder::from_unix_timestamp_millis(at, &self.random()).into_uuid()
            }
        }
    }

    /// Bytes that nobody can guess, whichever clock it is.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).expect("without the system's random numbers nothing is safe");
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = Clock::manual(Timestamp(1_000));
        let other = clock.clone();
        assert_eq!(clock.now(), Timestamp(1_000));
        other.advance(5);
        assert_eq!(clock.now(), Timestamp(1_005));
    }

    #[test]
    fn later_ids_sort_later_and_carry_their_time() {
        let clock = Clock::manual(Timestamp(1_700_000_000_000));
        let first = clock.uuid();
        clock.advance(1);
        assert!(first < clock.uuid());
        assert_eq!(first.get_timestamp().map(|at| at.to_unix().0), Some(1_700_000_000));
        let ids: Vec<_> = (0..1_000).map(|_| Clock::System.uuid()).collect();
        assert!(ids.is_sorted());
    }
}
