//! Passwords: hashing, checking, and refusing those that are tried first. All of it is slow on purpose or by nature, so
//! it runs on blocking threads, few at a time.
use crate::clock::Clock;
use crate::error::broken;
use app::domain::user::Password;
use app::error::AppError;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

/// 19 MiB, twice, in one lane: what OWASP's Password Storage Cheat Sheet asks of Argon2id at least.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How many passwords are worked on at once: each holds a core and [`MEMORY`].
const AT_ONCE: usize = 2;

/// How many of these may be new ones: who has an account can always sign in.
const NEW_AT_ONCE: usize = AT_ONCE - 1;

/// Characters of a new password that are looked at for what is tried first: it takes longer by the square of them, and
/// what goes on for so long is not among it.
const LOOKED_AT: usize = 32;

/// Whoever has waited this long for their turn is told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// A password that takes no more guesses than this is refused: it is among the most common, or made of the person's
/// own name.
const MOST_GUESSES: u64 = 3_000;

/// Stands in for the hash of an account that does not exist, so that the answer takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$YWJjZGVmZ2hpamtsbW5vcA$fTXD1/oZ6DUUJZ9wOFzLjMxxGEaWTCkKbC2jNIFBYuo";

/// Works on passwords. Clones share the turns.
#[derive(Clone)]
pub(super) struct Passwords {
    turns: Arc<Semaphore>,
    /// Taken before a turn by what works on new passwords.
    new_turns: Arc<Semaphore>,
    clock: Clock,
    tracker: TaskTracker,
}

/// What became of a check.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Wrong,
    Right,
    /// Right, and stored with weaker parameters than are used now: this is the new hash.
    Outdated(String),
}

impl Passwords {
    pub(super) fn new(clock: Clock, tracker: TaskTracker) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            new_turns: Arc::new(Semaphore::new(NEW_AT_ONCE)),
            clock,
            tracker,
        }
    }

    /// Whether a password is among those that are tried first, or made of the person's `own` words.
    pub(super) async fn is_common(&self, password: Password, own: Vec<String>) -> Result<bool, AppError> {
        let work = move || {
            let own: Vec<&str> = own.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
            let begin: String = password.as_str().chars().take(LOOKED_AT).collect();
            Ok(zxcvbn::zxcvbn(&begin, &own).guesses() <= MOST_GUESSES)
        };
        let _new = turn(&self.new_turns).await?;
        self.run(work).await
    }

    /// A PHC string to be stored.
    pub(super) async fn hash(&self, password: Password) -> Result<String, AppError> {
        let salt = self.clock.random();
        let _new = turn(&self.new_turns).await?;
        self.run(move || hash(&password, salt)).await
    }

    /// Checks a password against what is stored. Without it, against nobody's: always wrong, and as slow.
    pub(super) async fn verify(&self, password: Password, stored: Option<String>) -> Result<Verdict, AppError> {
        let salt = self.clock.random();
        self.run(move || {
            let known = stored.is_some();
            let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
            let stored = PasswordHash::new(&stored).map_err(broken)?;
            // The parameters are those of the stored hash.
            let fits = Argon2::default().verify_password(password.as_str().as_bytes(), &stored);
            if fits.is_err() || !known {
                return Ok(Verdict::Wrong);
            }
            let params = Params::try_from(&stored).map_err(broken)?;
            if params.m_cost() < MEMORY || params.t_cost() < PASSES || stored.algorithm.as_str() != "argon2id" {
                return hash(&password, salt).map(Verdict::Outdated);
            }
            Ok(Verdict::Right)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let turn = turn(&self.turns).await?;
        let worked = self.tracker.spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        worked.await.unwrap_or_else(|cause| Err(broken(cause)))
    }
}

async fn turn(turns: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, AppError> {
    match tokio::time::timeout(PATIENCE, turns.clone().acquire_owned()).await {
        Ok(Ok(turn)) => Ok(turn),
        Ok(Err(_)) | Err(_) => Err(AppError::Unavailable),
    }
}

fn hash(password: &Password, salt: [u8; 16]) -> Result<String, AppError> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(broken)?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(password.as_str().as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords() -> Passwords {
        Passwords::new(Clock::System, TaskTracker::new())
    }

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let passwords = passwords();
        let stored = passwords.hash(password("quiet-river-lantern")).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        for (text, stored, expected) in [
            ("quiet-river-lantern", Some(stored.clone()), Verdict::Right),
            ("quiet-river-lantern!", Some(stored), Verdict::Wrong),
            ("quiet-river-lantern", None, Verdict::Wrong),
        ] {
            assert!(
                passwords.verify(password(text), stored).await.unwrap() == expected,
                "{text}"
            );
        }
    }

    #[tokio::test]
    async fn new_passwords_leave_a_turn_to_those_who_sign_in() {
        let passwords = passwords();
        let _all = passwords.new_turns.clone().acquire_many_owned(NEW_AT_ONCE as u32).await;
        let _busy = passwords.turns.clone().acquire_many_owned(NEW_AT_ONCE as u32).await;
        let waiting = [
            passwords.hash(password("quiet-river-lantern")),
            passwords.hash(password("quiet-river-lamp")),
        ];
        let waiting = futures::future::join_all(waiting);
        let verified = passwords.verify(password("quiet-river-lantern"), None);
        tokio::select! {
            biased;
            _ = waiting => panic!("there is no turn for them"),
            verdict = verified => assert!(verdict.unwrap() == Verdict::Wrong),
        }
    }

    #[tokio::test]
    async fn only_the_beginning_of_a_password_is_looked_at() {
        for (letters, common) in [(LOOKED_AT, true), (LOOKED_AT - 12, false)] {
            let text = "a".repeat(letters) + "vZ7#qLp2-kW9";
            assert_eq!(
                passwords().is_common(password(&text), Vec::new()).await,
                Ok(common),
                "{text}"
            );
        }
    }

    #[tokio::test]
    async fn a_weaker_hash_is_replaced_when_it_fits() {
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap())
            .hash_password_with_salt(b"quiet-river-lantern", b"0123456789abcdef")
            .unwrap()
            .to_string();
        let verdict = passwords()
            .verify(password("quiet-river-lantern"), Some(weak))
            .await
            .unwrap();
        let Verdict::Outdated(stronger) = verdict else { panic!() };
        assert!(stronger.contains("m=19456,t=2"));
    }

    #[tokio::test]
    async fn what_is_tried_first_is_refused() {
        let passwords = passwords();
        for (text, common) in [
            ("password1", true),
            ("12345678", true),
            ("qwertyuiop", true),
            ("iloveyou", true),
            ("aaaaaaaa", true),
            ("ines.okafor", true),
            ("Ines Okafor", true),
            ("quiet-river-lantern", false),
            ("correct horse battery staple", false),
            ("vZ7#qLp2", false),
        ] {
            let own = vec!["ines.okafor".into(), "Ines Okafor".into(), String::new()];
            assert_eq!(passwords.is_common(password(text), own).await, Ok(common), "{text}");
        }
    }
}
