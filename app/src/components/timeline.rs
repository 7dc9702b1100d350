//! The conversation. Its outer box is reversed, so that it starts at the newest message and history can be put in
//! above without moving what is being read.
use super::message::MessageRow;
use super::pending_row::PendingRow;
use super::room_start::RoomStart;
use super::timeline_scroll::Scroll;
use crate::domain::id::RoomId;
use crate::live::rows::{Row, rows};
use crate::live::use_live;
use leptos::html::Div;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// All lines of the room on screen. `target` is the post that the address names.
#[component]
pub fn Timeline(room: RoomId, target: Option<i64>) -> impl IntoView {
    let live = use_live();
    let list = Memo::new(move |_| {
        let zone = live.zone.get();
        live.log.with(|log| {
            let Some(log) = log else { return Vec::new() };
            live.outbox.with(|outbox| rows(log, outbox.of(room), zone))
        })
    });
    let ends = Memo::new(move |_| {
        live.log.with(|log| {
            let Some(log) = log else { return (None, None) };
            let (first, last) = (log.messages().first(), log.messages().last());
            let older = first.filter(|_| log.has_older()).map(|first| first.seq - 1);
            (older, last.filter(|_| log.has_newer()).map(|last| last.seq + 1))
        })
    });
    // Asked once: a row that is drawn anew after saving does not open again.
    let asked = StoredValue::new(
        use_query_map().with_untracked(|query| query.get("edit").and_then(|seq| seq.parse::<i64>().ok())),
    );
    let view = NodeRef::<Div>::new();
    let scroll = Scroll::new(room, target, view);
    scroll.follow(list);
    let link = move |seq: Option<i64>, words: &'static str| {
        seq.map(|seq| view! { <li class="timeline__more"><a class="button button--small" href=format!("/rooms/{room}/{seq}")>{words}</a></li> })
    };
    view! {
        <div class="timeline" role="log" aria-label="Messages" tabindex="0" aria-busy=move || scroll.is_loading().to_string() node_ref=view on:scroll=move |_| scroll.moved()>
            <ol class="timeline__list">
                {move || link(ends.get().0, "Older messages")}
                <For each=move || list.get() key=Row::key let:row>{line(row, target, asked)}</For>
                {move || link(ends.get().1, "Newer messages")}
            </ol>
        </div>
        <div class="room__foot">
            {move || scroll.jump().map(|words| view! {
                <button class="jump" type="button" data-testid="jump" on:click=move |_| scroll.to_latest()>{words}</button>
            })}
            <super::typing_line::TypingLine room/>
        </div>
    }
}

fn line(row: Row, target: Option<i64>, asked: StoredValue<Option<i64>>) -> AnyView {
    match row {
        Row::Start => view! { <RoomStart/> }.into_any(),
        Row::Day(day) => {
            let zone = use_live().zone;
            view! { <li class="day"><span class="day__label">{move || zone.get().day_name(day)}</span></li> }.into_any()
        }
        Row::New(divider) => {
            let words = if divider.count == 1 {
                "1 new message".to_owned()
            } else {
                format!("{} new messages", divider.count)
            };
            view! { <li class="unread-line" role="separator" aria-label=words.clone() data-testid="unread-line">{words.clone()}</li> }.into_any()
        }
        Row::Message { message, is_first } => {
            let is_target = target == Some(message.seq);
            let is_asked = asked.get_value() == Some(message.seq);
            if is_asked {
                asked.set_value(None);
            }
            view! { <MessageRow message is_first is_target is_asked/> }.into_any()
        }
        Row::Pending { pending, is_first } => view! { <PendingRow pending is_first/> }.into_any(),
    }
}
