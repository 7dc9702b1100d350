//! Slows down whoever guesses passwords. Pure: the time is handed in.
//!
//! Failures are counted per account *and* address, and per address; both may make an attempt wait. Failures against one
//! account from everywhere only make each attempt a little slower: a stranger cannot lock anybody out.
use app::domain::time::Timestamp;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;

/// Failures that cost nothing.
const FREE: u32 = 5;

/// The longest that one has to wait (seconds).
const LONGEST: u32 = 60;

/// After this long without a failure all is forgotten (milliseconds).
const FORGET: i64 = 15 * 60_000;

/// Entries of each kind. When they are full, the older half goes: memory stays bounded whatever comes.
const MOST: usize = 20_000;

/// How much slower an attempt becomes by every ten failures against the same account (milliseconds), and at most.
const SLOWER: u64 = 50;
const SLOWEST: u64 = 1_000;

/// What is remembered of failed sign-ins.
#[derive(Default)]
pub struct Throttle {
    pairs: Failures<(u64, IpAddr)>,
    addresses: Failures<IpAddr>,
    accounts: Failures<u64>,
}

/// Come back after this many seconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wait {
    pub seconds: u32,
}

impl Throttle {
    /// Before a password is checked: how many milliseconds to pause first, or how long to wait before the next attempt.
    /// The attempt counts as failed until [`Throttle::succeeded`], so that many at once are not free.
    pub fn attempt(&mut self, account: &str, address: IpAddr, now: Timestamp) -> Result<u64, Wait> {
        let (account, address) = (key(account), network(address));
        let wait = self
            .pairs
            .wait(&(account, address), now)
            .max(self.addresses.wait(&address, now));
        if wait > 0 {
            return Err(Wait { seconds: wait });
        }
        let pause = u64::from(self.accounts.count(&account, now)) / 10 * SLOWER;
        self.pairs.add((account, address), now);
        self.addresses.add(address, now);
        self.accounts.add(account, now);
        Ok(pause.min(SLOWEST))
    }

    /// The password was right: this account is forgiven from here. The address keeps its other failures, or an account
    /// of one's own would buy guesses at those of others.
    pub fn succeeded(&mut self, account: &str, address: IpAddr) {
        let (account, address) = (key(account), network(address));
        self.pairs.0.remove(&(account, address));
        self.addresses.take_back(&address);
        self.accounts.take_back(&account);
    }
}

struct Failures<K>(HashMap<K, Failed>);

#[derive(Clone, Copy)]
struct Failed {
    count: u32,
    last: Timestamp,
}

impl<K> Default for Failures<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Copy + Eq + Hash> Failures<K> {
    /// Failures that are not forgotten.
    fn count(&self, key: &K, now: Timestamp) -> u32 {
        self.fresh(key, now).map_or(0, |failed| failed.count)
    }

    /// Seconds until the next attempt is free.
    fn wait(&self, key: &K, now: Timestamp) -> u32 {
        let Some(failed) = self.fresh(key, now) else { return 0 };
        let Some(over) = failed.count.checked_sub(FREE) else {
            return 0;
        };
        let delay = 1u32.checked_shl(over).unwrap_or(LONGEST).min(LONGEST);
        let left = failed.last.plus(i64::from(delay) * 1_000).0 - now.0;
        // Rounded up, and never longer than the delay, even if the clock was set back.
        u32::try_from((left + 999) / 1_000).unwrap_or(0).min(delay)
    }

    fn add(&mut self, key: K, now: Timestamp) {
        if self.0.len() >= MOST && !self.0.contains_key(&key) {
            self.shrink(now);
        }
        let failed = self.0.entry(key).or_insert(Failed { count: 0, last: now });
        if is_old(failed, now) {
            failed.count = 0;
        }
        failed.count = failed.count.saturating_add(1);
        failed.last = now;
    }

    fn take_back(&mut self, key: &K) {
        if let Some(failed) = self.0.get_mut(key) {
            failed.count = failed.count.saturating_sub(1);
        }
    }

    fn fresh(&self, key: &K, now: Timestamp) -> Option<&Failed> {
        self.0.get(key).filter(|failed| !is_old(failed, now))
    }

    fn shrink(&mut self, now: Timestamp) {
        self.0.retain(|_, failed| !is_old(failed, now));
        if self.0.len() >= MOST {
            let mut times: Vec<Timestamp> = self.0.values().map(|failed| failed.last).collect();
            let (_, middle, _) = times.select_nth_unstable(MOST / 2);
            let middle = *middle;
            self.0.retain(|_, failed| failed.last > middle);
        }
    }
}

fn is_old(failed: &Failed, now: Timestamp) -> bool {
    now.0 - failed.last.0 > FORGET
}

/// Names come from strangers and may be of any length: a number stands for each.
fn key(account: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    account.trim().to_lowercase().hash(&mut hasher);
    hasher.finish()
}

/// One customer of a network has a /64 of IPv6 at the least (RFC 6177): it counts as one address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    #[test]
    fn the_first_five_are_free_and_then_each_takes_twice_as_long() {
        let mut throttle = Throttle::default();
        let mut now = Timestamp(0);
        for _ in 0..FREE {
            assert_eq!(throttle.attempt("ann", HERE, now), Ok(0));
        }
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            assert_eq!(throttle.attempt("Ann ", HERE, now), Err(Wait { seconds }));
            now = now.plus(i64::from(seconds) * 1_000 - 1);
            assert_eq!(throttle.attempt("ann", HERE, now), Err(Wait { seconds: 1 }));
            now = now.plus(1);
            assert!(throttle.attempt("ann", HERE, now).is_ok());
        }
        now = now.plus(FORGET + 1);
        assert!(throttle.attempt("ann", HERE, now).is_ok());
        assert!(throttle.attempt("ann", HERE, now).is_ok());
    }

    #[test]
    fn a_stranger_does_not_lock_the_owner_out() {
        let mut throttle = Throttle::default();
        let mut now = Timestamp(0);
        for _ in 0..2_000 {
            let _ = throttle.attempt("ann", HERE, now);
            now = now.plus(60_000);
        }
        let pause = throttle.attempt("ann", THERE, now).unwrap();
        assert!(pause <= SLOWEST);
    }

    #[test]
    fn an_address_that_tries_many_accounts_waits_too() {
        let mut throttle = Throttle::default();
        for name in ["a", "b", "c", "d", "e"] {
            assert!(throttle.attempt(name, HERE, Timestamp(0)).is_ok());
        }
        assert_eq!(throttle.attempt("f", HERE, Timestamp(0)), Err(Wait { seconds: 1 }));
        let neighbours = ["2001:db8::1", "2001:db8::2", "2001:db8:0:0:9::3"];
        for (name, address) in (0..FREE).zip(neighbours.iter().cycle()) {
            assert!(
                throttle
                    .attempt(&name.to_string(), address.parse().unwrap(), Timestamp(0))
                    .is_ok()
            );
        }
        let neighbour = "2001:db8::ffff".parse().unwrap();
        assert!(throttle.attempt("x", neighbour, Timestamp(0)).is_err());
        assert!(
            throttle
                .attempt("x", "2001:db8:0:1::1".parse().unwrap(), Timestamp(0))
                .is_ok()
        );
    }

    #[test]
    fn success_forgives_the_account_but_buys_no_guesses_at_others() {
        let mut throttle = Throttle::default();
        for _ in 0..4 {
            assert!(throttle.attempt("ann", HERE, Timestamp(0)).is_ok());
        }
        assert!(throttle.attempt("me", HERE, Timestamp(0)).is_ok());
        throttle.succeeded("me", HERE);
        assert!(throttle.attempt("ann", HERE, Timestamp(0)).is_ok());
        assert!(throttle.attempt("ann", HERE, Timestamp(0)).is_err());
        for _ in 0..100 {
            assert!(throttle.attempt("ben", THERE, Timestamp(0)).is_ok());
            throttle.succeeded("ben", THERE);
        }
    }

    #[test]
    fn attempts_against_one_account_from_everywhere_become_a_little_slower() {
        let mut throttle = Throttle::default();
        let mut pauses = (0..1_000u32).map(|n| throttle.attempt("ann", IpAddr::V4(n.into()), Timestamp(0)).unwrap());
        assert_eq!(pauses.next(), Some(0));
        assert_eq!(pauses.last(), Some(SLOWEST));
    }

    #[test]
    fn memory_is_bounded() {
        let mut throttle = Throttle::default();
        for n in 0..3 * MOST as u32 {
            let _ = throttle.attempt(&n.to_string(), IpAddr::V4(n.into()), Timestamp(i64::from(n)));
        }
        assert!(throttle.pairs.0.len() <= MOST);
        assert!(throttle.addresses.0.len() <= MOST);
        assert!(throttle.accounts.0.len() <= MOST);
    }
}
