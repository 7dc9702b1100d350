//! How fast one socket may speak: a bucket of tokens that fills steadily. Pure; moments are handed in.
use app::domain::time::Timestamp;

/// Commands in a row that are always allowed.
pub const BURST: i64 = 60;

/// Milliseconds until one more is allowed: 120 a minute.
const EACH: i64 = 500;

/// The bucket of one connection.
pub struct Rate {
    /// When the bucket will be full again.
    full_at: Timestamp,
}

impl Rate {
    /// A full bucket.
    pub fn new(now: Timestamp) -> Self {
        Self { full_at: now }
    }

    /// Takes one token, or says after how many seconds there will be one.
    pub fn take(&mut self, now: Timestamp) -> Result<(), u32> {
        let full_at = self.full_at.max(now).plus(EACH);
        let over = full_at.0 - now.0 - BURST * EACH;
        if over > 0 {
            return Err(u32::try_from((over + 999) / 1_000).unwrap_or(u32::MAX));
        }
        self.full_at = full_at;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_fine_and_then_two_a_second() {
        let start = Timestamp(1_000_000);
        let mut rate = Rate::new(start);
        for _ in 0..BURST {
            assert_eq!(rate.take(start), Ok(()));
        }
        assert_eq!(rate.take(start), Err(1));
        assert_eq!(rate.take(start.plus(499)), Err(1));
        assert_eq!(rate.take(start.plus(500)), Ok(()));
        assert_eq!(rate.take(start.plus(500)), Err(1));
        let later = start.plus(3_600_000);
        assert_eq!((0..100).filter(|_| rate.take(later).is_ok()).count(), 60);
    }
}
