//! Slows down whoever guesses passwords or makes accounts without end. Pure: the time is handed in.
//!
//! Failures are counted per account *and* address, and per address, behind which many people may be; both may make an
//! attempt wait. Failures against one account from everywhere only make each attempt a little slower: a stranger cannot
//! lock anybody out.
use super::rate::{Pace, Rates};
use app::domain::time::Timestamp;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;

/// Failures at one account from one address that cost nothing.
const FREE: u32 = 5;

/// Failures from one address that cost nothing: a whole company may share it.
const FREE_TOGETHER: u32 = 50;

/// The longest that one has to wait (seconds).
const LONGEST: u32 = 60;

/// After this long without a failure all is forgotten (milliseconds).
const FORGET: i64 = 15 * 60_000;

/// Entries of each kind. When they are full, the older half goes: memory stays bounded whatever comes.
const MOST: usize = 20_000;

/// How much slower an attempt becomes by every ten failures against the same account (milliseconds), and at most.
const SLOWER: u64 = 50;
const SLOWEST: u64 = 1_000;

/// What is remembered of failed sign-ins, and of those who came in by other doors.
pub struct Throttle {
    pairs: Failures<(u64, IpAddr)>,
    addresses: Failures<IpAddr>,
    accounts: Failures<u64>,
    entries: Rates<IpAddr>,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            pairs: Failures::new(FREE),
            addresses: Failures::new(FREE_TOGETHER),
            // These make nobody wait.
            accounts: Failures::new(u32::MAX),
            entries: Rates::new(Pace::ENTERING),
        }
    }
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
        self.pairs.all.remove(&(account, address));
        self.addresses.take_back(&address);
        self.accounts.take_back(&account);
    }

    /// The server could not check the password: this attempt does not count.
    pub fn was_in_vain(&mut self, account: &str, address: IpAddr) {
        let (account, address) = (key(account), network(address));
        self.pairs.take_back(&(account, address));
        self.addresses.take_back(&address);
        self.accounts.take_back(&account);
    }

    /// Before an account is made or a password set from this address.
    pub fn enter(&mut self, address: IpAddr, now: Timestamp) -> Result<(), Wait> {
        let entered = self.entries.take(network(address), now);
        entered.map_err(|seconds| Wait { seconds })
    }

    /// The server could not do it: this does not count.
    pub fn entered_in_vain(&mut self, address: IpAddr) {
        self.entries.give_back(&network(address));
    }
}

struct Failures<K> {
    /// Failures that cost nothing.
    free: u32,
    all: HashMap<K, Failed>,
}

#[derive(Clone, Copy)]
struct Failed {
    count: u32,
    last: Timestamp,
}

impl<K: Copy + Eq + Hash> Failures<K> {
    fn new(free: u32) -> Self {
        Self {
            free,
            all: HashMap::new(),
        }
    }

    /// Failures that are not forgotten.
    fn count(&self, key: &K, now: Timestamp) -> u32 {
        self.fresh(key, now).map_or(0, |failed| failed.count)
    }

    /// Seconds until the next attempt is free.
    fn wait(&self, key: &K, now: Timestamp) -> u32 {
        let Some(failed) = self.fresh(key, now) else { return 0 };
        let Some(over) = failed.count.checked_sub(self.free) else {
            return 0;
        };
        let delay = 1u32.checked_shl(over).unwrap_or(LONGEST).min(LONGEST);
        let left = failed.last.plus(i64::from(delay) * 1_000).0 - now.0;
        // Rounded up, and never longer than the delay, even if the clock was set back.
        u32::try_from((left + 999) / 1_000).unwrap_or(0).min(delay)
    }

    fn add(&mut self, key: K, now: Timestamp) {
        if self.all.len() >= MOST && !self.all.contains_key(&key) {
            self.shrink(now);
        }
        let failed = self.all.entry(key).or_insert(Failed { count: 0, last: now });
        if is_old(failed, now) {
            failed.count = 0;
        }
        failed.count = failed.count.saturating_add(1);
        failed.last = now;
    }

    fn take_back(&mut self, key: &K) {
        if let Some(failed) = self.all.get_mut(key) {
            failed.count = failed.count.saturating_sub(1);
        }
    }

    fn fresh(&self, key: &K, now: Timestamp) -> Option<&Failed> {
        self.all.get(key).filter(|failed| !is_old(failed, now))
    }

    fn shrink(&mut self, now: Timestamp) {
        self.all.retain(|_, failed| !is_old(failed, now));
        if self.all.len() >= MOST {
            let mut times: Vec<Timestamp> = self.all.values().map(|failed| failed.last).collect();
            let (_, middle, _) = times.select_nth_unstable(MOST / 2);
            let middle = *middle;
            self.all.retain(|_, failed| failed.last > middle);
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
        for name in 0..FREE_TOGETHER {
            assert!(throttle.attempt(&name.to_string(), HERE, Timestamp(0)).is_ok());
        }
        assert_eq!(throttle.attempt("x", HERE, Timestamp(0)), Err(Wait { seconds: 1 }));
        let neighbours = ["2001:db8::1", "2001:db8::2", "2001:db8:0:0:9::3"];
        for (name, address) in (0..FREE_TOGETHER).zip(neighbours.iter().cycle()) {
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
    fn one_who_forgets_a_password_does_not_lock_out_the_neighbours() {
        let mut throttle = Throttle::default();
        for _ in 0..FREE {
            assert!(throttle.attempt("ann", HERE, Timestamp(0)).is_ok());
        }
        assert!(throttle.attempt("ann", HERE, Timestamp(0)).is_err());
        assert_eq!(throttle.attempt("ben", HERE, Timestamp(0)), Ok(0));
    }

    #[test]
    fn what_the_server_could_not_check_does_not_count() {
        let mut throttle = Throttle::default();
        for _ in 0..1_000 {
            assert_eq!(throttle.attempt("ann", HERE, Timestamp(0)), Ok(0));
            throttle.was_in_vain("ann", HERE);
            assert_eq!(throttle.enter(HERE, Timestamp(0)), Ok(()));
            throttle.entered_in_vain(HERE);
        }
    }

    #[test]
    fn success_forgives_the_account_but_buys_no_guesses_at_others() {
        let mut throttle = Throttle::default();
        for name in 1..FREE_TOGETHER {
            assert!(throttle.attempt(&name.to_string(), HERE, Timestamp(0)).is_ok());
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
        assert!(throttle.pairs.all.len() <= MOST);
        assert!(throttle.addresses.all.len() <= MOST);
        assert!(throttle.accounts.all.len() <= MOST);
    }
}
