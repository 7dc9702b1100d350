//! Parses what somebody typed into [`Rich`]: comrak's tree (CommonMark with bare links and ~~strikethrough~~), reduced to
//! what a message can contain. There is no HTML in the result, so there is nothing to sanitise.
//!
//! Differences from CommonMark, since this is a chat: a line break is a line break; a heading is a strong paragraph; a
//! picture is a link to it; HTML and indented lines are text.
use app::domain::message::{Content, Message, MessageBody};
use app::domain::rich::{Block, Href, Inline, MAX_DEPTH, Rich};
use comrak::nodes::{ListType, Node, NodeValue};
use comrak::{Arena, Options, parse_document};

/// What a tree may cost: a body of 16 KiB in ordinary use takes half of it. Beyond it the body is shown as it was typed,
/// since a tree goes to every reader.
const BUDGET: usize = 48 * 1024;

/// What a node costs besides its text, about as much as its JSON.
const NODE: usize = 24;

/// The longest name of a language that is kept.
const LANGUAGE: usize = 32;

/// The parsed form; none if the body has no markup (most have none, and they skip the parser), or if nothing would be
/// left to see.
pub fn parse(body: &MessageBody) -> Option<Rich> {
    let text = body.as_str();
    if !may_have_markup(text) {
        return None;
    }
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.parse.ignore_setext = true;
    let arena = Arena::new();
    let root = parse_document(&arena, text, &options);
    let mut reading = Reading {
        lines: text.lines().collect(),
        budget: BUDGET,
    };
    let blocks = reading.blocks(root, 1);
    let shows = blocks.iter().any(block_shows);
    let is_plain =
        matches!(&blocks[..], [Block::Paragraph(line)] if matches!(&line[..], [Inline::Text(all)] if all == text));
    (shows && !is_plain && reading.budget > 0).then_some(Rich(blocks))
}

/// A stored message with its parsed form, which is not stored.
pub fn dressed(mut message: Message) -> Message {
    if let Content::Text { body, rich } = &mut message.content {
        *rich = parse(body);
    }
    message
}

/// A quick look for anything that could be markup. It may err on the side of the parser, never on the other.
fn may_have_markup(text: &str) -> bool {
    let anywhere = |byte: u8| {
        matches!(
            byte,
            b'*' | b'_' | b'~' | b'`' | b'#' | b'>' | b'[' | b'<' | b'|' | b'\\' | b'@' | b'&'
        )
    };
    text.bytes().any(anywhere) || has_address(text) || text.lines().any(begins_list)
}

fn has_address(text: &str) -> bool {
    let begins = |window: &[u8]| window.eq_ignore_ascii_case(b"http") || window.eq_ignore_ascii_case(b"www.");
    text.as_bytes().windows(4).any(begins)
}

/// `- a`, `+ a`, `12. a`, `12) a`; also `---`, which draws a line.
fn begins_list(line: &str) -> bool {
    let line = line.trim_start();
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with(['-', '+']) || number.len() < line.len() && number.starts_with(['.', ')'])
}

struct Reading<'t> {
    lines: Vec<&'t str>,
    /// What is left; 0 is too much already.
    budget: usize,
}

impl Reading<'_> {
    fn blocks<'a>(&mut self, parent: Node<'a>, depth: usize) -> Vec<Block> {
        let mut blocks = Vec::new();
        for child in parent.children() {
            if let Some(block) = self.block(child, depth) {
                blocks.push(block);
            }
        }
        blocks
    }

    fn block<'a>(&mut self, node: Node<'a>, depth: usize) -> Option<Block> {
        self.spend(NODE);
        let data = node.data.borrow();
        let is_deep = depth > MAX_DEPTH;
        match &data.value {
            NodeValue::Paragraph => Some(Block::Paragraph(self.inlines(node, depth))),
            NodeValue::Heading(_) => {
                self.spend(NODE);
                Some(Block::Paragraph(vec![Inline::Strong(self.inlines(node, depth + 1))]))
            }
            NodeValue::CodeBlock(code) if code.fenced => {
                let language = code.info.split_whitespace().next().unwrap_or_default();
                let text = code.literal.trim_end_matches('\n').to_owned();
                self.spend(length(&text));
                Some(Block::Code {
                    language: language.chars().take(LANGUAGE).collect(),
                    text,
                })
            }
            NodeValue::CodeBlock(code) => Some(self.text(&code.literal)),
            NodeValue::HtmlBlock(html) => Some(self.text(&html.literal)),
            NodeValue::ThematicBreak => {
                let line = self.lines.get(data.sourcepos.start.line.saturating_sub(1));
                let line = line.copied().unwrap_or_default();
                Some(
                    self.text(
                        line.get(data.sourcepos.start.column.saturating_sub(1)..)
                            .unwrap_or(line),
                    ),
                )
            }
            NodeValue::BlockQuote if !is_deep => Some(Block::Quote(self.blocks(node, depth + 1))),
            NodeValue::List(list) if !is_deep => {
                let start = (list.list_type == ListType::Ordered).then(|| u32::try_from(list.start).unwrap_or(1));
                let items = node.children().map(|item| self.blocks(item, depth + 1)).collect();
                Some(Block::List { start, items })
            }
            _ => Some(self.text(&flat(node))),
        }
    }

    /// Lines of plain text.
    fn text(&mut self, text: &str) -> Block {
        let mut line = Vec::new();
        for (n, part) in text.trim_end().lines().enumerate() {
            if n > 0 {
                self.add(&mut line, Inline::Break);
            }
            self.add(&mut line, Inline::Text(part.to_owned()));
        }
        Block::Paragraph(line)
    }

    fn inlines<'a>(&mut self, parent: Node<'a>, depth: usize) -> Vec<Inline> {
        let mut line = Vec::new();
        for child in parent.children() {
            self.inline(child, depth, &mut line);
        }
        line
    }

    fn inline<'a>(&mut self, node: Node<'a>, depth: usize, line: &mut Vec<Inline>) {
        let data = node.data.borrow();
        let is_deep = depth > MAX_DEPTH;
        let inline = match &data.value {
            NodeValue::Text(text) => Inline::Text(text.to_string()),
            NodeValue::SoftBreak | NodeValue::LineBreak => Inline::Break,
            NodeValue::Code(code) => Inline::Code(code.literal.clone()),
            NodeValue::HtmlInline(html) => Inline::Text(html.clone()),
            NodeValue::Emph if !is_deep => Inline::Emphasis(self.inlines(node, depth + 1)),
            NodeValue::Strong if !is_deep => Inline::Strong(self.inlines(node, depth + 1)),
            NodeValue::Strikethrough if !is_deep => Inline::Struck(self.inlines(node, depth + 1)),
            NodeValue::Link(link) | NodeValue::Image(link) if !is_deep => {
                let mut text = self.inlines(node, depth + 1);
                let Some(href) = Href::parse(&link.url) else {
                    line.append(&mut text);
                    return;
                };
                if !text.iter().any(inline_shows) {
                    text = vec![Inline::Text(link.url.clone())];
                }
                self.spend(link.url.len());
                Inline::Link { href, text }
            }
            _ => Inline::Text(flat(node)),
        };
        self.add(line, inline);
    }

    /// Adds to a line; neighbouring texts become one.
    fn add(&mut self, line: &mut Vec<Inline>, inline: Inline) {
        match (line.last_mut(), inline) {
            (_, Inline::Text(text)) if text.is_empty() => (),
            (Some(Inline::Text(before)), Inline::Text(text)) => {
                self.spend(length(&text));
                before.push_str(&text);
            }
            (_, inline) => {
                self.spend(NODE + own_length(&inline));
                line.push(inline);
            }
        }
    }

    fn spend(&mut self, cost: usize) {
        self.budget = self.budget.saturating_sub(cost);
    }
}

/// The text below a node, without its form. It does not recurse: what is nested too deep comes here.
fn flat<'a>(node: Node<'a>) -> String {
    let mut flat = String::new();
    for node in node.descendants() {
        match &node.data.borrow().value {
            NodeValue::Text(text) => flat.push_str(text),
            NodeValue::Code(code) => flat.push_str(&code.literal),
            NodeValue::HtmlInline(html) => flat.push_str(html),
            NodeValue::CodeBlock(code) => flat.push_str(&code.literal),
            NodeValue::HtmlBlock(html) => flat.push_str(&html.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => flat.push('\n'),
            NodeValue::Paragraph | NodeValue::Heading(_) if !flat.is_empty() => flat.push('\n'),
            _ => (),
        }
    }
    flat
}

fn own_length(inline: &Inline) -> usize {
    match inline {
        Inline::Text(text) | Inline::Code(text) => length(text),
        _ => 0,
    }
}

/// The length as JSON, which writes control characters as `\u0001`.
fn length(text: &str) -> usize {
    text.len() + 5 * text.bytes().filter(u8::is_ascii_control).count()
}

fn block_shows(block: &Block) -> bool {
    match block {
        Block::Paragraph(line) => line.iter().any(inline_shows),
        Block::Code { text, .. } => !text.trim().is_empty(),
        Block::Quote(blocks) => blocks.iter().any(block_shows),
        Block::List { items, .. } => items.iter().flatten().any(block_shows),
    }
}

fn inline_shows(inline: &Inline) -> bool {
    match inline {
        Inline::Text(text) | Inline::Code(text) => !text.trim().is_empty(),
        Inline::Break => false,
        Inline::Emphasis(line) | Inline::Strong(line) | Inline::Struck(line) => line.iter().any(inline_shows),
        Inline::Link { text, .. } => text.iter().any(inline_shows),
    }
}

#[cfg(test)]
#[path = "rich_tests.rs"]
mod tests;
