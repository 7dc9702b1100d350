//! Moments as milliseconds since 1970 in UTC. It reads no clock: moments are handed in.
use serde::{Deserialize, Serialize};
use std::fmt;

/// Milliseconds since 1970-01-01T00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This moment and `milliseconds` more.
    pub fn plus(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }

    /// The calendar day in a zone that is `offset` minutes east of UTC, as a count of days since 1970.
    pub fn day(self, offset: i32) -> i64 {
        (self.0 + i64::from(offset) * 60_000).div_euclid(86_400_000)
    }

    /// `HH:MM` in a zone that is `offset` minutes east of UTC.
    pub fn clock(self, offset: i32) -> String {
        let minutes = (self.0 + i64::from(offset) * 60_000)
            .div_euclid(60_000)
            .rem_euclid(1_440);
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// Year, month and day of a count of days since 1970.
    /// Source: Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`.
    pub fn civil(day: i64) -> (i64, u32, u32) {
        let z = day + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + i64::from(month <= 2);
        (year, month as u32, (doy - (153 * mp + 2) / 5 + 1) as u32)
    }
}

/// RFC 3339 in UTC, as `<time datetime>` wants it.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = Self::civil(self.day(0));
        let rest = self.0.rem_euclid(86_400_000);
        let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z",
            rest % 1_000
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_rfc_3339() {
        for (milliseconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_778_793_600_000, "2026-05-14T21:20:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(Timestamp(milliseconds).to_string(), text);
        }
    }

    #[test]
    fn a_day_begins_at_midnight_of_its_zone() {
        let late = Timestamp(1_778_793_600_000);
        assert_eq!(late.clock(120), "23:20");
        assert_eq!(late.clock(180), "00:20");
        assert_eq!(late.day(180), late.day(120) + 1);
    }
}
