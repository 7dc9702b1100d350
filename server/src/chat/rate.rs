//! How fast somebody may go on: buckets of tokens that fill steadily. Pure; moments are handed in.
use app::domain::time::Timestamp;
use std::collections::HashMap;
use std::hash::Hash;

/// Buckets that are kept. When there are more, the fullest go: memory stays bounded whatever comes.
const MOST: usize = 20_000;

/// A bucket's size, and how fast it fills.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pace {
    /// Steps in a row that are always allowed.
    pub burst: i64,
    /// Milliseconds until one more is allowed.
    pub each: i64,
}

impl Pace {
    /// What one socket may say, and what one person may write by forms: 120 a minute.
    pub const SPEAKING: Self = Self { burst: 60, each: 500 };

    /// Accounts made and passwords set from one address, which may be a whole school's: each costs a second of work.
    pub const ENTERING: Self = Self { burst: 60, each: 2_000 };
}

/// One bucket.
#[derive(Clone, Copy)]
pub struct Rate {
    pace: Pace,
    /// When the bucket will be full again.
    full_at: Timestamp,
}

impl Rate {
    /// A full bucket.
    pub fn new(pace: Pace, now: Timestamp) -> Self {
        Self { pace, full_at: now }
    }

    /// Takes one token, or says after how many seconds there will be one.
    pub fn take(&mut self, now: Timestamp) -> Result<(), u32> {
        let full_at = self.full_at.max(now).plus(self.pace.each);
        let over = full_at.0 - now.0 - self.pace.burst * self.pace.each;
        if over > 0 {
            return Err(u32::try_from((over + 999) / 1_000).unwrap_or(u32::MAX));
        }
        self.full_at = full_at;
        Ok(())
    }

    /// Puts back a token that was taken in vain.
    pub fn give_back(&mut self) {
        self.full_at = self.full_at.plus(-self.pace.each);
    }
}

/// A bucket for each of many.
pub struct Rates<K> {
    pace: Pace,
    buckets: HashMap<K, Rate>,
}

impl<K: Eq + Hash> Rates<K> {
    /// Full buckets.
    pub fn new(pace: Pace) -> Self {
        Self {
            pace,
            buckets: HashMap::new(),
        }
    }

    /// Takes one token from this bucket, or says after how many seconds there will be one.
    pub fn take(&mut self, key: K, now: Timestamp) -> Result<(), u32> {
        if self.buckets.len() >= MOST && !self.buckets.contains_key(&key) {
            self.shrink(now);
        }
        let bucket = self.buckets.entry(key);
        bucket.or_insert_with(|| Rate::new(self.pace, now)).take(now)
    }

    /// Puts back a token that was taken in vain.
    pub fn give_back(&mut self, key: &K) {
        if let Some(bucket) = self.buckets.get_mut(key) {
            bucket.give_back();
        }
    }

    fn shrink(&mut self, now: Timestamp) {
        self.buckets.retain(|_, bucket| bucket.full_at > now);
        if self.buckets.len() >= MOST {
            let mut times: Vec<Timestamp> = self.buckets.values().map(|bucket| bucket.full_at).collect();
            let (_, middle, _) = times.select_nth_unstable(MOST / 2);
            let middle = *middle;
            self.buckets.retain(|_, bucket| bucket.full_at > middle);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_fine_and_then_two_a_second() {
        let start = Timestamp(1_000_000);
        let mut rate = Rate::new(Pace::SPEAKING, start);
        for _ in 0..Pace::SPEAKING.burst {
            assert_eq!(rate.take(start), Ok(()));
        }
        assert_eq!(rate.take(start), Err(1));
        assert_eq!(rate.take(start.plus(499)), Err(1));
        assert_eq!(rate.take(start.plus(500)), Ok(()));
        assert_eq!(rate.take(start.plus(500)), Err(1));
        let later = start.plus(3_600_000);
        assert_eq!((0..100).filter(|_| rate.take(later).is_ok()).count(), 60);
    }

    #[test]
    fn everybody_has_a_bucket_and_what_was_taken_in_vain_is_put_back() {
        let now = Timestamp(0);
        let mut rates = Rates::new(Pace::ENTERING);
        for _ in 0..Pace::ENTERING.burst {
            assert_eq!(rates.take("here", now), Ok(()));
        }
        assert_eq!(rates.take("here", now), Err(2));
        assert_eq!(rates.take("there", now), Ok(()));
        rates.give_back(&"here");
        assert_eq!(rates.take("here", now), Ok(()));
        assert_eq!(rates.take("here", now), Err(2));
    }

    #[test]
    fn memory_is_bounded() {
        let mut rates = Rates::new(Pace::ENTERING);
        for n in 0..3 * MOST {
            assert_eq!(rates.take(n, Timestamp(0)), Ok(()));
        }
        assert!(rates.buckets.len() <= MOST);
    }
}
