//! The style guide as a test: reads the sources and reports every breach at once, with file, line and rule.
//! It reads text, not syntax trees: comments, strings and test code are set apart, the rest is searched for words.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn the_sources_are_tidy() {
    let tree = Tree::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("server/ lies in the workspace"),
    );
    let mut breaches: Vec<Breach> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    breaches.sort();
    breaches.dedup();
    let report: Vec<String> = breaches.iter().map(Breach::to_string).collect();
    assert!(
        report.is_empty(),
        "{} breaches of the style guide:\n{}\n",
        report.len(),
        report.join("\n")
    );
}

const RULES: &[fn(&Tree) -> Vec<Breach>] = &[
    modules_say_what_they_are_for,
    files_are_short,
    no_module_is_called_mod,
    nothing_is_left_undone,
    markup_is_never_a_string,
    the_domain_imports_no_machinery,
    the_app_does_no_input_or_output,
    features_are_asked_for_in_few_places,
    sql_stays_in_the_store,
    redis_stays_in_its_file,
    the_browser_socket_stays_in_its_file,
    time_and_ids_come_from_the_clock,
    every_class_has_its_style,
    both_engines_have_the_same_migrations,
    the_dark_themes_say_the_same,
    the_style_index_is_whole,
    styles_are_short,
    styles_have_neither_ids_nor_force,
    colours_have_names,
    the_top_level_is_as_designed,
];

const RUST_FOLDERS: &[&str] = &["app/src", "server/src", "frontend/src"];
const LONGEST_RUST_FILE: usize = 400;
const LONGEST_STYLE_FILE: usize = 150;
const MOST_FILES_WITH_FEATURES: usize = 3;
const MAY_NAME_COLOURS: &[&str] = &[
    "style/raw.css",
    "style/tokens.css",
    "style/dark.css",
    "style/contrast.css",
];

const TOP_LEVEL: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "Makefile",
    "README.md",
    "app",
    "end2end",
    "frontend",
    "migrations",
    "public",
    "rust-toolchain.toml",
    "server",
    "style",
];
const NOT_IN_THE_REPOSITORY: &[&str] = &["data", "target"];

// ---- rules for Rust ----

fn modules_say_what_they_are_for(tree: &Tree) -> Vec<Breach> {
    let silent = tree.rust.iter().filter(|file| !file.text.starts_with("//!"));
    silent
        .map(|file| file.breach(1, "a module begins with `//!`: one sentence of purpose"))
        .collect()
}

fn files_are_short(tree: &Tree) -> Vec<Breach> {
    too_long(&tree.rust, LONGEST_RUST_FILE)
}

fn no_module_is_called_mod(tree: &Tree) -> Vec<Breach> {
    let called_mod = tree.rust.iter().filter(|file| file.path.ends_with("/mod.rs"));
    called_mod
        .map(|file| file.breach(1, "write foo.rs and foo/, not foo/mod.rs"))
        .collect()
}

fn nothing_is_left_undone(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in &tree.rust {
        breaches.extend(file.uses("todo!", "unfinished code is not committed"));
        breaches.extend(file.uses("unimplemented!", "unfinished code is not committed"));
        breaches.extend(file.uses("dbg!", "use tracing, or nothing"));
        breaches.extend(file.uses(".unwrap()", "outside tests say why it cannot fail: expect(\"…\")"));
    }
    breaches
}

fn markup_is_never_a_string(tree: &Tree) -> Vec<Breach> {
    let rule = "text never becomes HTML by string: draw `Rich` with components";
    tree.rust
        .iter()
        .flat_map(|file| file.uses("inner_html", rule))
        .collect()
}

fn the_domain_imports_no_machinery(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in tree.rust.iter().filter(|file| file.path.starts_with("app/src/domain")) {
        for (line, code) in file.lines() {
            if imported(code).is_some_and(|path| !may_be_imported_by_the_domain(path)) {
                breaches.push(file.breach(line, "the domain imports only std, serde, uuid and itself"));
            }
        }
        for machinery in ["leptos", "web_sys", "js_sys", "wasm_bindgen", "serde_json", "futures"] {
            breaches.extend(file.uses(machinery, "the domain is what is true without a computer"));
        }
    }
    breaches
}

/// `std`, `serde`, `uuid`, the domain itself, and what the same file defines (`use Role::*`, a macro handed on).
fn may_be_imported_by_the_domain(path: &str) -> bool {
    let Some((first, _)) = path.split_once("::") else {
        return true;
    };
    matches!(first, "std" | "core" | "serde" | "uuid" | "self" | "super")
        || path.starts_with("crate::domain")
        || first.starts_with(|c: char| c.is_ascii_uppercase())
}

fn the_app_does_no_input_or_output(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in tree.rust.iter().filter(|file| file.path.starts_with("app/")) {
        for machinery in ["sqlx", "axum", "tokio", "fred"] {
            breaches.extend(file.uses(machinery, "app knows what a chat is; how is the server's business"));
        }
    }
    breaches
}

fn features_are_asked_for_in_few_places(tree: &Tree) -> Vec<Breach> {
    const NEVER: &[&str] = &["domain", "protocol", "pages", "components"];
    let mut breaches = Vec::new();
    let mut files_with_features = 0;
    for file in tree.rust.iter().filter(|file| file.path.starts_with("app/src/")) {
        let lines: Vec<usize> = file
            .lines()
            .filter(|(_, code)| asks_for_a_feature(code))
            .map(|(line, _)| line)
            .collect();
        let Some(&first) = lines.first() else { continue };
        files_with_features += 1;
        if files_with_features > MOST_FILES_WITH_FEATURES {
            breaches.push(file.breach(first, "at most three files of app may ask cfg(feature)"));
        }
        let area = file.path["app/src/".len()..]
            .split(['/', '.'])
            .next()
            .unwrap_or_default();
        if NEVER.contains(&area) {
            let rule = "domain, protocol, pages and components are the same on both sides: no cfg(feature)";
            breaches.extend(lines.iter().map(|&line| file.breach(line, rule)));
        }
    }
    breaches
}

fn asks_for_a_feature(code: &str) -> bool {
    ["cfg(", "cfg!(", "cfg_attr("].iter().any(|cfg| has_word(code, cfg)) && has_word(code, "feature")
}

fn sql_stays_in_the_store(tree: &Tree) -> Vec<Breach> {
    tree.only_in(
        "sqlx::",
        |path| path.starts_with("server/src/store"),
        "only server/src/store may name sqlx",
    )
}

fn redis_stays_in_its_file(tree: &Tree) -> Vec<Breach> {
    let home = |path: &str| path == "server/src/realtime/redis.rs";
    tree.only_in("fred::", home, "only server/src/realtime/redis.rs may name fred")
}

fn the_browser_socket_stays_in_its_file(tree: &Tree) -> Vec<Breach> {
    // The server's WebSocket is axum's, and another matter.
    let home = |path: &str| path == "app/src/live/socket.rs" || path.starts_with("server/");
    let rule = "only app/src/live/socket.rs may name the browser's WebSocket";
    ["WebSocket", "gloo_net::websocket"]
        .iter()
        .flat_map(|name| tree.only_in(name, home, rule))
        .collect()
}

fn time_and_ids_come_from_the_clock(tree: &Tree) -> Vec<Breach> {
    let home = |path: &str| path == "server/src/clock.rs";
    let sources = [
        "SystemTime::now",
        "Instant::now",
        "Timestamp::now",
        "Uuid::now_v7",
        "Uuid::new_v4",
    ];
    let rule = "only server/src/clock.rs reads the clock and makes ids";
    sources
        .iter()
        .flat_map(|source| tree.only_in(source, home, rule))
        .collect()
}

// ---- rules for styles ----

fn every_class_has_its_style(tree: &Tree) -> Vec<Breach> {
    let styled = styled_blocks(tree);
    let mut breaches = Vec::new();
    for file in tree
        .rust
        .iter()
        .filter(|file| file.path.starts_with("app/src/components/"))
    {
        if tree.has_style(&file.stem().replace('_', "-")) {
            continue;
        }
        for (index, line) in file.text.lines().enumerate() {
            for class in classes(line).filter(|class| !styled.contains(block(class))) {
                let rule =
                    format!("the class `{class}` has no style: neither style/<component>.css nor its block elsewhere");
                breaches.push(file.breach(index + 1, rule));
            }
        }
    }
    breaches
}

/// What is written in `class="…"` on one line.
fn classes(line: &str) -> impl Iterator<Item = &str> {
    line.split("class=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .flat_map(str::split_whitespace)
}

/// `composer` of `composer__input`, `composer--sending` and `composer`.
fn block(class: &str) -> &str {
    let end = [class.find("__"), class.find("--")].into_iter().flatten().min();
    &class[..end.unwrap_or(class.len())]
}

fn styled_blocks(tree: &Tree) -> BTreeSet<&str> {
    let mut blocks = BTreeSet::new();
    for file in &tree.css {
        for part in file.code.split('.').skip(1) {
            let end = part.find(|c: char| !is_word(c) && c != '-').unwrap_or(part.len());
            blocks.insert(block(&part[..end]));
        }
    }
    blocks
}

fn the_style_index_is_whole(tree: &Tree) -> Vec<Breach> {
    let Some(index) = tree.css.iter().find(|file| file.path == "style/main.css") else {
        return vec![Breach::new("style/main.css", 1, "the index of the styles is missing")];
    };
    let mut imported = BTreeMap::new();
    for (number, line) in index
        .text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.trim_start().starts_with("@import"))
    {
        let name = line.split(['"', '\'']).nth(1).unwrap_or_default();
        imported.insert(format!("style/{}", name.trim_start_matches("./")), number + 1);
    }
    let present: BTreeSet<&str> = tree
        .css
        .iter()
        .map(|file| file.path.as_str())
        .filter(|p| *p != index.path)
        .collect();
    let mut breaches = Vec::new();
    for path in present.iter().filter(|path| !imported.contains_key(**path)) {
        breaches.push(Breach::new(*path, 1, "style/main.css does not import it"));
    }
    for (path, line) in imported.iter().filter(|(path, _)| !present.contains(path.as_str())) {
        breaches.push(index.breach(*line, format!("it imports {path}, which does not exist")));
    }
    breaches
}

fn styles_are_short(tree: &Tree) -> Vec<Breach> {
    too_long(&tree.css, LONGEST_STYLE_FILE)
}

fn styles_have_neither_ids_nor_force(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in &tree.css {
        for (line, code) in file.lines() {
            if code.contains("!important") {
                breaches.push(file.breach(line, "no !important: use the layers"));
            }
            if hashes(code).any(|word| !is_hex_colour(word)) {
                breaches.push(file.breach(line, "no ids in selectors"));
            }
        }
    }
    breaches
}

fn colours_have_names(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in tree
        .css
        .iter()
        .filter(|file| !MAY_NAME_COLOURS.contains(&file.path.as_str()))
    {
        for (line, code) in file.lines().filter(|(_, code)| names_a_colour(code)) {
            breaches.push(file.breach(line, format!("colours are tokens, not literals: {}", code.trim())));
        }
    }
    breaches
}

fn names_a_colour(code: &str) -> bool {
    const FUNCTIONS: &[&str] = &[
        "rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch(", "color(",
    ];
    const WORDS: &[&str] = &[
        "white", "black", "red", "green", "blue", "yellow", "orange", "purple", "pink", "brown", "gray", "grey",
        "silver", "teal", "navy", "cyan", "magenta", "gold", "crimson", "tomato",
    ];
    let value = code.split_once(':').map_or("", |(_, value)| value);
    let mut words = value.split(|c: char| !is_word(c) && !matches!(c, '-' | '.' | '#'));
    hashes(code).any(is_hex_colour)
        || FUNCTIONS.iter().any(|function| starts_a_function(code, function))
        || words.any(|word| WORDS.contains(&word))
}

/// `color(` is not part of `prefers-color(` or `--my-color(`.
fn starts_a_function(code: &str, function: &str) -> bool {
    code.match_indices(function)
        .any(|(at, _)| !code[..at].ends_with(|c: char| is_word(c) || c == '-'))
}

/// The words that follow a `#`.
fn hashes(code: &str) -> impl Iterator<Item = &str> {
    let words = code
        .split('#')
        .skip(1)
        .map(|rest| &rest[..rest.find(|c: char| !is_word(c) && c != '-').unwrap_or(rest.len())]);
    words.filter(|word| !word.is_empty())
}

fn is_hex_colour(word: &str) -> bool {
    matches!(word.len(), 3 | 4 | 6 | 8) && word.chars().all(|c| c.is_ascii_hexdigit())
}

// ---- rules for the tree ----

/// "Dark" and "as the system, which is dark" are two blocks, since CSS cannot name one twice.
fn the_dark_themes_say_the_same(tree: &Tree) -> Vec<Breach> {
    let values = |name: &str| {
        let file = tree.css.iter().find(|file| file.path == format!("style/{name}"));
        let lines = file.into_iter().flat_map(|file| file.code.lines().map(str::trim));
        lines.filter(|line| line.ends_with(';')).collect::<Vec<_>>()
    };
    let (chosen, system) = (values("dark.css"), values("dark-system.css"));
    if chosen == system {
        return Vec::new();
    }
    vec![Breach::new(
        "style/dark-system.css",
        1,
        "it must say what style/dark.css says, in the same order",
    )]
}

fn both_engines_have_the_same_migrations(tree: &Tree) -> Vec<Breach> {
    let names = |engine: &str| listing(&tree.root.join("migrations").join(engine));
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    if sqlite.is_empty() && postgres.is_empty() {
        return vec![Breach::new("migrations", 1, "there are no migrations")];
    }
    let rule = "the other engine has no migration of this name";
    let missing_in_postgres = sqlite.difference(&postgres).map(|name| ("sqlite", name));
    let missing_in_sqlite = postgres.difference(&sqlite).map(|name| ("postgres", name));
    let missing = missing_in_postgres.chain(missing_in_sqlite);
    missing
        .map(|(engine, name)| Breach::new(format!("migrations/{engine}/{name}"), 1, rule))
        .collect()
}

fn the_top_level_is_as_designed(tree: &Tree) -> Vec<Breach> {
    let present: BTreeSet<String> = listing(&tree.root)
        .into_iter()
        .filter(|name| !name.starts_with('.') && !NOT_IN_THE_REPOSITORY.contains(&name.as_str()))
        .collect();
    let designed: BTreeSet<String> = TOP_LEVEL.iter().map(ToString::to_string).collect();
    let surplus = present
        .difference(&designed)
        .map(|name| (name, "the visible top level is fixed: it goes into a folder"));
    let missing = designed
        .difference(&present)
        .map(|name| (name, "it belongs to the top level and is missing"));
    surplus
        .chain(missing)
        .map(|(name, rule)| Breach::new(name, 1, rule))
        .collect()
}

fn too_long(files: &[Source], longest: usize) -> Vec<Breach> {
    let long = files
        .iter()
        .filter(|file| !file.holds_tests() && file.text.lines().count() > longest);
    long.map(|file| file.breach(longest + 1, format!("a file has at most {longest} lines")))
        .collect()
}

// ---- what the rules look at ----

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Breach {
    path: String,
    line: usize,
    rule: String,
}

impl Breach {
    fn new(path: impl Into<String>, line: usize, rule: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            line,
            rule: rule.into(),
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.rule)
    }
}

struct Tree {
    root: PathBuf,
    rust: Vec<Source>,
    css: Vec<Source>,
}

impl Tree {
    fn read(root: &Path) -> Self {
        let rust = RUST_FOLDERS.iter().flat_map(|folder| files(root, folder, "rs"));
        Self {
            root: root.to_owned(),
            rust: rust.map(|path| Source::rust(root, &path)).collect(),
            css: files(root, "style", "css")
                .iter()
                .map(|path| Source::css(root, path))
                .collect(),
        }
    }

    fn has_style(&self, name: &str) -> bool {
        self.css.iter().any(|file| file.path == format!("style/{name}.css"))
    }

    /// Every use of `word` outside the files in which it is at home.
    fn only_in(&self, word: &str, home: impl Fn(&str) -> bool, rule: &str) -> Vec<Breach> {
        self.rust
            .iter()
            .filter(|file| !home(&file.path))
            .flat_map(|file| file.uses(word, rule))
            .collect()
    }
}

struct Source {
    /// From the workspace, with `/`.
    path: String,
    text: String,
    /// The text with comments, strings and test code blanked out; the lines keep their numbers.
    code: String,
}

impl Source {
    fn rust(root: &Path, path: &Path) -> Self {
        let mut source = Self::read(root, path, |text| without_tests(&blanked(text, Language::Rust)));
        if source.holds_tests() {
            source.code = "\n".repeat(source.text.lines().count());
        }
        source
    }

    fn css(root: &Path, path: &Path) -> Self {
        Self::read(root, path, |text| blanked(text, Language::Css))
    }

    fn read(root: &Path, path: &Path, code: impl Fn(&str) -> String) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let path = path
            .strip_prefix(root)
            .expect("it was found below the root")
            .to_string_lossy()
            .replace('\\', "/");
        Self {
            path,
            code: code(&text),
            text,
        }
    }

    /// A file that its parent declares behind `#[cfg(test)]`: `tests.rs`, `room_log_tests.rs`.
    fn holds_tests(&self) -> bool {
        self.path.ends_with("tests.rs")
    }

    fn stem(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    fn uses(&self, word: &str, rule: &str) -> Vec<Breach> {
        let found = self.lines().filter(|(_, code)| has_word(code, word));
        found
            .map(|(line, _)| self.breach(line, format!("`{word}`: {rule}")))
            .collect()
    }

    fn breach(&self, line: usize, rule: impl Into<String>) -> Breach {
        Breach::new(&self.path, line, rule)
    }
}

/// All files of one kind below a folder, in order.
fn files(root: &Path, folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for name in listing(&folder) {
            let path = folder.join(name);
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn listing(folder: &Path) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return BTreeSet::new();
    };
    entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

// ---- reading text ----

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether `word` stands in `code` as a word of its own: `axum` is not in `leptos_axum`.
fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let joins =
            |edge: Option<char>, neighbour: Option<char>| edge.is_some_and(is_word) && neighbour.is_some_and(is_word);
        let before = joins(word.chars().next(), code[..at].chars().next_back());
        let after = joins(word.chars().next_back(), code[at + word.len()..].chars().next());
        !before && !after
    })
}

/// The path of a `use`, whatever its visibility.
fn imported(code: &str) -> Option<&str> {
    let code = code.trim_start();
    let code = match code.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => rest.split_once(')')?.1.trim_start(),
        Some(rest) => rest.trim_start(),
        None => code,
    };
    code.strip_prefix("use ").map(str::trim)
}

#[derive(Clone, Copy, PartialEq)]
enum Language {
    Rust,
    Css,
}

/// Comments and the insides of strings become spaces; line ends stay.
fn blanked(text: &str, language: Language) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after_word = out.ends_with(is_word);
        let length = match c {
            '/' if rest.starts_with("//") && language == Language::Rust => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => comment(rest, language),
            '"' => string(rest, '"'),
            '\'' if language == Language::Css => string(rest, '\''),
            '\'' => character(rest),
            'r' | 'b' if language == Language::Rust && !after_word => raw_string(rest),
            _ => 0,
        };
        let taken = if length == 0 { c.len_utf8() } else { length };
        if length == 0 {
            out.push(c);
        } else {
            out.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        }
        rest = &rest[taken..];
    }
    out
}

/// The length of a block comment; in Rust they nest.
fn comment(text: &str, language: Language) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") && (depth == 0 || language == Language::Rust) {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn string(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `'x'` and `'\n'`, but not the lifetime `'a`.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), _) => string(text, '\''),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 0,
    }
}

/// `r"…"`, `r#"…"#`, `br"…"`; zero when it is only a name that begins so.
fn raw_string(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("br").or_else(|| text.strip_prefix('r')) else {
        return 0;
    };
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    if !rest[hashes..].starts_with('"') {
        return 0;
    }
    let start = text.len() - rest.len() + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    text[start..].find(&end).map_or(text.len(), |at| start + at + end.len())
}

/// Blanks every item that stands behind `#[cfg(test)]`. The text has no comments or strings any more, so braces can be counted.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find(MARK) {
        out.push_str(&rest[..at]);
        let length = MARK.len() + item(&rest[at + MARK.len()..]);
        out.extend(
            rest[at..at + length]
                .chars()
                .map(|c| if c == '\n' { '\n' } else { ' ' }),
        );
        rest = &rest[at + length..];
    }
    out + rest
}

/// The length of one item: up to its `;`, or to the brace that closes it.
fn item(code: &str) -> usize {
    let mut depth = 0;
    for (at, c) in code.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(c, ';' | '}') {
            return at + 1;
        }
    }
    code.len()
}

// ---- the rules can fail ----

fn rust(path: &str, text: &str) -> Source {
    Source {
        path: path.into(),
        text: text.into(),
        code: without_tests(&blanked(text, Language::Rust)),
    }
}

fn css(path: &str, text: &str) -> Source {
    Source {
        path: path.into(),
        text: text.into(),
        code: blanked(text, Language::Css),
    }
}

fn tree(rust: Vec<Source>, css: Vec<Source>) -> Tree {
    Tree {
        root: PathBuf::from("nowhere"),
        rust,
        css,
    }
}

/// The lines at which a rule finds something.
fn lines(breaches: Vec<Breach>) -> Vec<usize> {
    breaches.into_iter().map(|breach| breach.line).collect()
}

#[test]
fn what_is_quoted_or_commented_is_not_code() {
    let text = "a /* b /* c */ d */ e // f\n\"g \\\" h\" 'i' '\\'' &'j r#\"k \" l\"# m br\"n\" for_r\"o\"";
    let words: Vec<String> = blanked(text, Language::Rust)
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    assert_eq!(words, ["a", "e", "&'j", "m", "for_r"]);
    assert_eq!(
        blanked("a{/* # */b:url('#c')}", Language::Css)
            .split_whitespace()
            .collect::<String>(),
        "a{b:url()}"
    );
}

#[test]
fn test_code_is_set_apart() {
    let text = "fn a() {}\n#[cfg(test)]\nfn b([x]: [u8; 2]) { if true { c(); } }\nfn d() {}\n#[cfg(test)]\nmod tests;\nfn e() {}\n";
    let code = without_tests(text);
    assert_eq!(code.split_whitespace().collect::<String>(), "fna(){}fnd(){}fne(){}");
    assert_eq!(code.lines().count(), text.lines().count());
}

#[test]
fn a_word_is_not_part_of_another() {
    assert!(has_word("use axum::Router;", "axum"));
    assert!(!has_word("use leptos_axum::redirect;", "axum"));
    assert!(has_word("x.unwrap();", ".unwrap()"));
    assert!(!has_word("Uuid::now_v7_like()", "Uuid::now_v7"));
}

#[test]
fn rust_rules_find_what_they_look_for() {
    let bad = "//! Doc.\nuse tokio::time;\nuse crate::api;\nlet t = Instant::now();\nx.unwrap(); todo!();\n#[cfg(feature = \"ssr\")]\n";
    let here = tree(vec![rust("app/src/domain/bad.rs", bad)], vec![]);
    assert_eq!(lines(the_app_does_no_input_or_output(&here)), [2]);
    assert_eq!(lines(the_domain_imports_no_machinery(&here)), [2, 3]);
    assert_eq!(lines(time_and_ids_come_from_the_clock(&here)), [4]);
    assert_eq!(lines(nothing_is_left_undone(&here)), [5, 5]);
    assert_eq!(lines(features_are_asked_for_in_few_places(&here)), [6]);
    assert_eq!(lines(modules_say_what_they_are_for(&here)), []);

    let elsewhere = "fn f() { sqlx::query(\"\"); fred::init(); let s: WebSocket; view! { <p inner_html=x/> } }\n";
    let here = tree(vec![rust("app/src/pages/mod.rs", elsewhere)], vec![]);
    for rule in [
        modules_say_what_they_are_for,
        no_module_is_called_mod,
        sql_stays_in_the_store,
        redis_stays_in_its_file,
        the_browser_socket_stays_in_its_file,
        markup_is_never_a_string,
    ] {
        assert_eq!(lines(rule(&here)), [1]);
    }
}

#[test]
fn good_code_breaks_no_rule() {
    let good = "//! sqlx:: and todo! in a comment.\nuse super::id::RoomId;\nuse crate::domain::user;\nuse Role::*;\n\
                #[cfg(test)]\nmod tests {\n    fn t() { x.unwrap(); }\n}\n";
    let here = tree(vec![rust("app/src/domain/good.rs", good)], vec![]);
    let breaches: Vec<String> = RULES[..12]
        .iter()
        .flat_map(|rule| rule(&here))
        .map(|breach| breach.to_string())
        .collect();
    assert_eq!(breaches, Vec::<String>::new());
}

#[test]
fn style_rules_find_what_they_look_for() {
    let bad = ".a { color: #fff; }\n#b { color: white !important; }\n.c { color: rgb(1 2 3); }\n";
    let good =
        "/* #d */ .a-b__c { color: color-mix(in oklab, var(--color-red) 5%, transparent); white-space: nowrap; }\n";
    let index = "@layer base;\n@import \"bad.css\" layer(base);\n@import url(\"./gone.css\");\n";
    let component = "<p class=\"a-b__c\"><b class=\"unknown--x a\">\n";
    let here = tree(
        vec![rust("app/src/components/some_thing.rs", component)],
        vec![
            css("style/bad.css", bad),
            css("style/good.css", good),
            css("style/main.css", index),
        ],
    );
    assert_eq!(lines(colours_have_names(&here)), [1, 2, 3]);
    assert_eq!(lines(styles_have_neither_ids_nor_force(&here)), [2, 2]);
    let index: Vec<String> = the_style_index_is_whole(&here).iter().map(Breach::to_string).collect();
    assert_eq!(
        index,
        [
            "style/good.css:1: style/main.css does not import it",
            "style/main.css:3: it imports style/gone.css, which does not exist"
        ]
    );
    let classes: Vec<String> = every_class_has_its_style(&here)
        .into_iter()
        .map(|breach| breach.rule)
        .collect();
    assert!(
        matches!(&classes[..], [only] if only.contains("`unknown--x`")),
        "{classes:?}"
    );
}

#[test]
fn dark_themes_that_differ_are_found() {
    let dark = || css("style/dark.css", "[data-theme=\"dark\"] {\n  --a: 1;\n}\n");
    let same = css("style/dark-system.css", "@media x {\n  y {\n    --a: 1;\n  }\n}\n");
    let other = css("style/dark-system.css", "@media x {\n  y {\n    --a: 2;\n  }\n}\n");
    assert_eq!(
        lines(the_dark_themes_say_the_same(&tree(vec![], vec![dark(), same]))),
        []
    );
    assert_eq!(
        lines(the_dark_themes_say_the_same(&tree(vec![], vec![dark(), other]))),
        [1]
    );
}
