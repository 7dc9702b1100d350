//! A drawing from the one sprite. It carries no meaning of its own: whoever uses it says the word.
use leptos::prelude::*;

/// Changes with the sprite, so that browsers may keep it: an icon that appears while the server is away is drawn too.
const SPRITE: u32 = fnv(include_bytes!("../../../public/icons.svg"));

/// The symbol `name` of `/icons.svg`, with more classes such as `icon--small` where it needs another size.
#[component]
pub fn Icon(name: &'static str, #[prop(optional)] class: &'static str) -> impl IntoView {
    let classes = if class.is_empty() {
        "icon".to_owned()
    } else {
        format!("icon {class}")
    };
    view! {
        <svg class=classes aria-hidden="true">
            <use href=format!("/icons.svg?v={SPRITE:x}#{name}")></use>
        </svg>
    }
}

/// 32-bit FNV-1a (<https://datatracker.ietf.org/doc/draft-eastlake-fnv/>), at compile time.
const fn fnv(bytes: &[u8]) -> u32 {
    let (mut hash, mut at) = (0x811c_9dc5_u32, 0);
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_hash_is_the_published_one() {
        for (text, hash) in [("", 0x811c_9dc5), ("a", 0xe40c_292c), ("foobar", 0xbf9c_f968)] {
            assert_eq!(super::fnv(text.as_bytes()), hash);
        }
    }
}
