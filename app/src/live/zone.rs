//! Which clock the page shows: the server's guess at first, the browser's once it runs.
use super::browser;
use crate::domain::time::Timestamp;

/// Where days begin for the reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Zone {
    /// Minutes east of UTC, from a cookie: the same in the server's HTML and at the first render in the browser.
    Fixed(i32),
    /// The browser's own, summer time included.
    Browser,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Zone {
    fn offset(self, at: Timestamp) -> i32 {
        match self {
            Self::Fixed(minutes) => minutes,
            Self::Browser => browser::offset(at),
        }
    }

    /// The reader's calendar day, as a count of days since 1970.
    pub fn day(self, at: Timestamp) -> i64 {
        at.day(self.offset(at))
    }

    /// `HH:MM` for the reader.
    pub fn clock(self, at: Timestamp) -> String {
        at.clock(self.offset(at))
    }

    /// "Today", "Yesterday", or the date. Which day is today only the browser knows.
    pub fn day_name(self, day: i64) -> String {
        let today = match self {
            Self::Fixed(_) => None,
            Self::Browser => Some(self.day(browser::now())),
        };
        match today.map(|today| today - day) {
            Some(0) => "Today".into(),
            Some(1) => "Yesterday".into(),
            _ => date(day),
        }
    }

    /// The time today, the date otherwise: for lists.
    pub fn short(self, at: Timestamp) -> String {
        let day = self.day(at);
        match self.day_name(day).as_str() {
            "Today" => self.clock(at),
            "Yesterday" => "Yesterday".into(),
            _ => {
                let (_, month, day) = Timestamp::civil(day);
                format!("{day} {}", &MONTHS[month as usize - 1][..3])
            }
        }
    }

    /// Date and time in full.
    pub fn full(self, at: Timestamp) -> String {
        format!("{}, {}", date(self.day(at)), self.clock(at))
    }
}

fn date(day: i64) -> String {
    let (year, month, day) = Timestamp::civil(day);
    format!("{day} {} {year}", MONTHS[month as usize - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_writes_dates_and_leaves_today_to_the_browser() {
        let zone = Zone::Fixed(120);
        let at = Timestamp(1_778_793_600_000);
        assert_eq!(zone.clock(at), "23:20");
        assert_eq!(zone.day_name(zone.day(at)), "14 May 2026");
        assert_eq!(zone.short(at), "14 May");
        assert_eq!(zone.full(at), "14 May 2026, 23:20");
    }
}
