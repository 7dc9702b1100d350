//! What a message says, drawn node by node from the closed tree: there is no HTML to sanitise.
use crate::domain::message::MessageBody as Body;
use crate::domain::rich::{Block, Inline, Rich};
use leptos::prelude::*;

/// The text of a message; plain text keeps its line breaks.
#[component]
pub fn MessageBody(body: Body, rich: Option<Rich>, is_edited: bool) -> impl IntoView {
    let text = match rich {
        Some(rich) => blocks(rich.0),
        None => view! { <p class="message__plain">{body.as_str().to_owned()}</p> }.into_any(),
    };
    let edited = is_edited.then(|| view! { <span class="message__edited">"(edited)"</span> });
    view! { <div class="message__body" dir="auto" data-testid="message-body">{text}{edited}</div> }
}

fn blocks(all: Vec<Block>) -> AnyView {
    all.into_iter().map(block).collect_view().into_any()
}

fn block(block: Block) -> AnyView {
    match block {
        Block::Paragraph(line) => view! { <p>{inlines(line)}</p> }.into_any(),
        Block::Quote(inner) => view! { <blockquote>{blocks(inner)}</blockquote> }.into_any(),
        Block::Code { language, text } => {
            let head =
                (!language.is_empty()).then(|| view! { <div class="code-block__head"><span>{language}</span></div> });
            view! { <div class="code-block">{head}<pre dir="ltr" tabindex="0"><code>{text}</code></pre></div> }
                .into_any()
        }
        Block::List { start: None, items } => view! { <ul>{list_items(items)}</ul> }.into_any(),
        Block::List {
            start: Some(start),
            items,
        } => view! { <ol start=start.to_string()>{list_items(items)}</ol> }.into_any(),
    }
}

fn list_items(items: Vec<Vec<Block>>) -> AnyView {
    items
        .into_iter()
        .map(|item| view! { <li>{blocks(item)}</li> })
        .collect_view()
        .into_any()
}

fn inlines(all: Vec<Inline>) -> AnyView {
    all.into_iter().map(inline).collect_view().into_any()
}

fn inline(inline: Inline) -> AnyView {
    match inline {
        Inline::Text(text) => text.into_any(),
        Inline::Break => view! { <br/> }.into_any(),
        Inline::Emphasis(inner) => view! { <em>{inlines(inner)}</em> }.into_any(),
        Inline::Strong(inner) => view! { <strong>{inlines(inner)}</strong> }.into_any(),
        Inline::Struck(inner) => view! { <s>{inlines(inner)}</s> }.into_any(),
        Inline::Code(text) => view! { <code dir="ltr">{text}</code> }.into_any(),
        Inline::Link { href, text } => {
            let href = href.as_str().to_owned();
            view! { <a href=href target="_blank" rel="noopener nofollow ugc">{inlines(text)}</a> }.into_any()
        }
    }
}
