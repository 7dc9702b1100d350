//! A room at a glance: a soft square with the emoji that its name begins with, or its first letter.
use crate::domain::id::RoomId;
use crate::domain::room::RoomName;
use leptos::prelude::*;

/// How large a room is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TileSize {
    /// In the sidebar.
    #[default]
    Small,
    /// In a room's header.
    Medium,
    /// In the list of public rooms, and in the phone's list.
    Large,
    /// Where a room begins.
    Huge,
}

impl TileSize {
    fn classes(self) -> &'static str {
        match self {
            Self::Small => "tile",
            Self::Medium => "tile tile--medium",
            Self::Large => "tile tile--large",
            Self::Huge => "tile tile--huge",
        }
    }
}

/// For the eye only: the room's name always stands beside it.
#[component]
pub fn Tile(
    id: RoomId,
    /// The room's name as text.
    #[prop(into)]
    name: String,
    #[prop(default = TileSize::Small)] size: TileSize,
) -> impl IntoView {
    view! {
        <span class=size.classes() data-hue=id.hue().to_string() aria-hidden="true">
            {sign(&name)}
        </span>
    }
}

/// The name without the emoji that the tile beside it shows; the whole name where there is nothing else.
pub fn title(name: &RoomName) -> String {
    let name = name.as_str();
    let rest = match name.chars().next() {
        Some(first) if is_emoji(first) => name[emoji(name).len()..].trim_start(),
        _ => name,
    };
    if rest.is_empty() { name } else { rest }.to_owned()
}

/// The emoji at the start, whole; else the first letter or digit; else a hash.
fn sign(name: &str) -> String {
    let first = name.chars().next().unwrap_or('#');
    if is_emoji(first) {
        return emoji(name);
    }
    let letter = name.chars().find(|c| c.is_alphanumeric()).unwrap_or('#');
    letter.to_uppercase().collect()
}

/// The emoji at the start with all that belongs to it: a second half of a flag, skin tones, what a joiner joins.
/// Source: Unicode Technical Standard 51, section 1.4.9 (`emoji sequence`), without flags of regions.
fn emoji(name: &str) -> String {
    let mut whole = String::new();
    for c in name.chars() {
        let before = whole.chars().last();
        let begins = before.is_none();
        let joined = before == Some('\u{200d}');
        let flag = is_flag_letter(c) && whole.chars().count() == 1 && before.is_some_and(is_flag_letter);
        let extends = matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}');
        if !(begins || joined || flag || extends) {
            break;
        }
        whole.push(c);
    }
    whole
}

fn is_flag_letter(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

/// The blocks that hold emoji.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{2460}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}'
        | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_shows_its_emoji_or_its_first_letter() {
        for (name, expected) in [
            ("Lobby", "L"),
            ("  «books»", "B"),
            ("ünder", "Ü"),
            ("مطبخ", "م"),
            ("🚣 Regatta", "🚣"),
            ("🇩🇪🇫🇷", "🇩🇪"),
            ("👩🏽‍🚀 space", "👩🏽‍🚀"),
            ("☕️☕️", "☕️"),
            ("---", "#"),
        ] {
            assert_eq!(sign(name), expected, "{name}");
        }
    }

    #[test]
    fn the_emoji_is_not_said_twice() {
        for (name, expected) in [
            ("🚣 Regatta", "Regatta"),
            ("☕️", "☕️"),
            ("Lobby", "Lobby"),
            ("🇩🇪 Verein", "Verein"),
        ] {
            assert_eq!(title(&RoomName::parse(name).unwrap()), expected);
        }
    }
}
