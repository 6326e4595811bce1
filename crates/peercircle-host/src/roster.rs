//! A roster as it comes out of a spreadsheet: people, and groups of them, or every mistake at once.

use std::collections::{BTreeMap, BTreeSet};

use peercircle_core::{DepartmentId, GroupId, GroupPolicy, LevelId, MemberId, Relation};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Group, HostError, NewCycle, Person, Visitor, directory, documents, right::Right};

/// The longest roster, in bytes.
const MAX_BYTES: usize = 256 << 10;

/// Something wrong with a roster, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RosterIssue {
    /// The line, from 1; the first is the one with the columns' names.
    pub line: u64,
    /// The column's name, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What would have worked.
    pub expected: String,
    /// What came.
    pub got: String,
}

impl std::fmt::Display for RosterIssue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", {column}")?;
        }
        write!(f, ": expected {}, got {}", self.expected, self.got)
    }
}

/// What a roster comes to. Nothing of it is kept yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Draft {
    /// Everybody on it, in its order.
    pub people: Vec<Person>,
    /// The groups: those it names, or those it comes to where it names none.
    pub groups: Vec<DraftGroup>,
    /// Who found no place in a group, where the roster names none.
    pub left_over: Vec<MemberId>,
}

/// A group of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DraftGroup {
    /// The group.
    pub group: Group,
    /// Whether it was put together here, and not by the roster.
    pub suggested: bool,
}

/// A column, with the words that spreadsheets call it by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Id,
    Name,
    Email,
    Level,
    Department,
    Manager,
    Group,
}

impl Column {
    const ALL: [(Self, &'static [&'static str]); 7] = [
        (Self::Id, &["id", "personnel number", "employee id", "person"]),
        (Self::Name, &["name", "full name"]),
        (Self::Email, &["email", "e-mail", "mail", "email address"]),
        (Self::Level, &["level", "grade"]),
        (Self::Department, &["department", "unit", "dept"]),
        (Self::Manager, &["manager", "reports to", "manager email"]),
        (Self::Group, &["group", "peer group"]),
    ];

    fn of(header: &str) -> Option<Self> {
        let header = header.trim().to_lowercase().replace('_', " ");
        Self::ALL.into_iter().find(|(_, names)| names.contains(&header.as_str())).map(|(column, _)| column)
    }

    fn name(self) -> &'static str {
        let names = Self::ALL.into_iter().find(|(column, _)| *column == self).map(|(_, names)| names);
        names.and_then(|names| names.first()).copied().unwrap_or_default()
    }
}

/// Columns that have to be there.
const REQUIRED: [Column; 3] = [Column::Name, Column::Level, Column::Department];

/// A row as it is read, with its line.
struct Row {
    line: u64,
    cells: BTreeMap<Column, String>,
}

impl Row {
    fn get(&self, column: Column) -> Option<&str> {
        self.cells.get(&column).map(String::as_str).filter(|cell| !cell.is_empty())
    }
}

/// The rows of a roster and what is wrong with them as rows, or what keeps it from having any.
fn rows(text: &str) -> Result<(Vec<Row>, Vec<RosterIssue>), Vec<RosterIssue>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let issue =
        |line, expected: &str, got: String| vec![RosterIssue { line, column: None, expected: expected.to_owned(), got }];
    if text.len() > MAX_BYTES {
        return Err(issue(1, "a roster of at most 256 KiB", format!("{} bytes", text.len())));
    }
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    // Whatever separates the names of the columns: a spreadsheet's language decides.
    let count = |delimiter: char| first.matches(delimiter).count();
    let delimiter = [';', '\t', ','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| issue(1, "the names of the columns", error.to_string()))?.clone();
    let columns: Vec<_> = headers.iter().map(Column::of).collect();
    let missing: Vec<_> =
        REQUIRED.iter().filter(|column| !columns.contains(&Some(**column))).map(|one| one.name()).collect();
    if !missing.is_empty() {
        let got = if first.is_empty() { "nothing".to_owned() } else { format!("`{first}`") };
        let expected = format!("the columns name, level and department, missing: {}", missing.join(", "));
        return Err(issue(1, &expected, got));
    }
    let (mut rows, mut issues) = (Vec::new(), Vec::new());
    for (at, column) in columns.iter().enumerate() {
        if let Some(twice) = column.filter(|_| columns.iter().take(at).any(|before| before == column)) {
            issues.extend(issue(1, "each column once", format!("`{}` again", twice.name())));
        }
    }
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, |at| line_of(text, at));
                if record.iter().skip(columns.len()).any(|cell| !cell.is_empty()) {
                    let expected = format!("{} cells, quoted where they hold what separates them", columns.len());
                    issues.extend(issue(line, &expected, record.len().to_string()));
                }
                let cells =
                    columns.iter().zip(record.iter()).filter_map(|(column, cell)| Some(((*column)?, cell.to_owned())));
                let row = Row { line, cells: cells.collect() };
                if row.cells.values().any(|cell| !cell.is_empty()) {
                    rows.push(row);
                }
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                issues.extend(issue(line, "a line of text", error.to_string()));
            }
        }
    }
    if rows.is_empty() && issues.is_empty() {
        issues.extend(issue(2, "at least one person", "none".to_owned()));
    }
    Ok((rows, issues))
}

/// The line at which a record begins: the reader counts lines that are empty to the record after them.
fn line_of(text: &str, at: &csv::Position) -> u64 {
    let rest = usize::try_from(at.byte()).ok().and_then(|byte| text.get(byte..)).unwrap_or_default();
    let skipped = rest.chars().take_while(|letter| matches!(letter, '\r' | '\n')).filter(|letter| *letter == '\n').count();
    at.line().saturating_add(u64::try_from(skipped).unwrap_or(0))
}

/// A word that an id can be made of.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for letter in text.to_lowercase().chars() {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            'ä' => slug.push_str("ae"),
            'ö' | 'ø' => slug.push_str("oe"),
            'ü' => slug.push_str("ue"),
            'ß' => slug.push_str("ss"),
            'à' | 'á' | 'â' | 'ã' | 'å' => slug.push('a'),
            'è' | 'é' | 'ê' | 'ë' => slug.push('e'),
            'ì' | 'í' | 'î' | 'ï' => slug.push('i'),
            'ò' | 'ó' | 'ô' | 'õ' => slug.push('o'),
            'ù' | 'ú' | 'û' => slug.push('u'),
            'ç' => slug.push('c'),
            'ñ' => slug.push('n'),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.trim_matches('-').chars().take(48).collect()
}

/// Reads a roster.
struct Reading<'a> {
    policy: &'a GroupPolicy,
    /// Who is known already.
    directory: BTreeMap<MemberId, Person>,
    issues: Vec<RosterIssue>,
    /// Every id on the roster with its first line, those of rows with mistakes as well.
    ids: BTreeMap<MemberId, u64>,
    people: Vec<(u64, Person)>,
    /// The groups that the roster names, with their members.
    named: Vec<(GroupId, String, Vec<MemberId>)>,
}

impl Reading<'_> {
    fn issue(&mut self, line: u64, column: Column, expected: impl Into<String>, got: impl Into<String>) {
        let (expected, got) = (expected.into(), got.into());
        self.issues.push(RosterIssue { line, column: Some(column.name().to_owned()), expected, got });
    }

    /// An id from a cell, or the issue.
    fn word<T: std::str::FromStr>(&mut self, row: &Row, column: Column) -> Option<T> {
        let cell = row.get(column).unwrap_or_default();
        let word = slug(cell).parse().ok();
        if word.is_none() {
            let got = if cell.is_empty() { "nothing".to_owned() } else { format!("`{cell}`") };
            self.issue(row.line, column, format!("a {}", column.name()), got);
        }
        word
    }

    fn person(&mut self, row: &Row) {
        let name = row.get(Column::Name).unwrap_or_default().to_owned();
        if directory::check_name(&name).is_err() {
            let got = if name.is_empty() { "nothing".to_owned() } else { format!("`{name}`") };
            self.issue(row.line, Column::Name, "a name of 1 to 80 characters", got);
        }
        let email = row.get(Column::Email).map(str::to_owned);
        if let Some(odd) = email.as_deref().filter(|email| !is_address(email)) {
            self.issue(row.line, Column::Email, "an address such as ana@example.org", format!("`{odd}`"));
        }
        let id = match row.get(Column::Id) {
            Some(cell) => cell.parse::<MemberId>().map_err(|_| cell.to_owned()),
            None => {
                let local = email.as_deref().and_then(|email| email.split_once('@')).map(|(local, _)| slug(local));
                local.filter(|local| !local.is_empty()).unwrap_or_else(|| slug(&name)).parse().map_err(|_| name.clone())
            }
        };
        let level = self.word::<LevelId>(row, Column::Level);
        let department = self.word::<DepartmentId>(row, Column::Department);
        let id = match id {
            Ok(id) => id,
            // That there is no name has been said.
            Err(got) if got.is_empty() => return,
            Err(got) => {
                let expected = "an id of letters, digits and -_.:@+/, or a name or address that one can be made of";
                return self.issue(row.line, Column::Id, expected, format!("`{got}`"));
            }
        };
        if let Some(first) = self.ids.get(&id) {
            let expected =
                format!("everybody once; line {first} is `{id}` as well: give them ids or addresses of their own");
            return self.issue(row.line, Column::Name, expected, format!("`{name}` again"));
        }
        self.ids.insert(id.clone(), row.line);
        if row.get(Column::Id).is_none()
            && let Some(known) = self.directory.get(&id)
            && !is_same(known, &name, email.as_deref())
        {
            let expected =
                format!("somebody else than `{}`, who is `{id}` already: give them an id of their own", known.name);
            return self.issue(row.line, Column::Id, expected, format!("`{name}`"));
        }
        if let Some(group) = row.get(Column::Group) {
            match (slug(group).parse::<GroupId>(), directory::check_name(group)) {
                (Ok(named), Ok(())) => match self.named.iter_mut().find(|(other, ..)| *other == named) {
                    Some((_, _, members)) => members.push(id.clone()),
                    None => self.named.push((named, group.to_owned(), vec![id.clone()])),
                },
                _ => {
                    let expected = "a group's name of at most 80 characters with letters or digits";
                    self.issue(row.line, Column::Group, expected, format!("`{group}`"));
                }
            }
        }
        let (Some(level), Some(department)) = (level, department) else { return };
        self.people.push((row.line, Person { id, name, email, level, department, manager: None }));
    }

    /// Managers, once everybody is known: by id, address or name; on the roster first, then in the directory.
    fn managers(&mut self, rows: &[Row]) {
        let on_it = Index::of(self.people.iter().map(|(_, person)| person));
        let known = Index::of(self.directory.values());
        for row in rows {
            let Some(cell) = row.get(Column::Manager) else { continue };
            let manager = match on_it.find(cell).or_else(|| known.find(cell)).unwrap_or_default() {
                [one] => Some(one.clone()),
                // Whoever is nowhere yet gets the id that a later roster would give them.
                [] => cell.split_once('@').map_or_else(|| slug(cell), |(local, _)| slug(local)).parse().ok(),
                several => {
                    let ids: Vec<_> = several.iter().map(MemberId::as_str).collect();
                    let expected = format!("one person; by id it is one of {}", ids.join(", "));
                    self.issue(row.line, Column::Manager, expected, format!("`{cell}`"));
                    continue;
                }
            };
            if manager.is_none() {
                self.issue(row.line, Column::Manager, "a manager by id, address or name", format!("`{cell}`"));
            }
            // Rows come in the order of their lines.
            let at = self.people.binary_search_by_key(&row.line, |(line, _)| *line);
            if let Some((_, person)) = at.ok().and_then(|at| self.people.get_mut(at)) {
                person.manager = manager;
            }
        }
    }

    /// Whether two may be in one group.
    fn are_peers(&self, a: &Person, b: &Person) -> bool {
        let levels = self.policy.same_level != Relation::Required || a.level == b.level;
        let departments = self.policy.distinct_departments != Relation::Required || a.department != b.department;
        levels && departments && a.manager.as_ref() != Some(&b.id) && b.manager.as_ref() != Some(&a.id)
    }

    /// Groups of those whom the roster puts in none, as near to the target as it goes; and who is left over.
    fn suggest(&self, min: usize, target: usize, max: usize) -> (Vec<Vec<MemberId>>, Vec<MemberId>) {
        // Those of the largest departments first: they are the hardest to place.
        let mut sizes = BTreeMap::<_, usize>::new();
        for (_, person) in &self.people {
            *sizes.entry((&person.level, &person.department)).or_default() += 1;
        }
        let mut levels = BTreeMap::<_, Vec<&Person>>::new();
        for (_, person) in &self.people {
            levels.entry(&person.level).or_default().push(person);
        }
        let (mut groups, mut left_over) = (Vec::new(), Vec::new());
        for mut people in levels.into_values() {
            people.sort_by_key(|person| {
                let size = sizes.get(&(&person.level, &person.department)).copied().unwrap_or_default();
                (std::cmp::Reverse(size), &person.department)
            });
            // As many groups as the target wants, fewer while some are too small; of very many in strides.
            let mut best: Option<(usize, _, _)> = None;
            let mut count = people.len().div_ceil(target.max(1));
            while count > 0 {
                let (dealt, rest) = self.deal(&people, count, max);
                let placed: usize = dealt.iter().map(Vec::len).filter(|size| *size >= min).sum();
                if best.as_ref().is_none_or(|(most, ..)| *most < placed) {
                    best = Some((placed, dealt, rest));
                }
                if placed == people.len() {
                    break;
                }
                count -= (count / 8).max(1);
            }
            let Some((_, dealt, rest)) = best else { continue };
            left_over.extend(rest);
            for group in dealt {
                if group.len() >= min { groups.push(group) } else { left_over.extend(group) }
            }
        }
        (groups, left_over)
    }

    /// Deals people out to so many groups, always to the smallest they fit in.
    fn deal(&self, people: &[&Person], count: usize, max: usize) -> (Vec<Vec<MemberId>>, Vec<MemberId>) {
        let (mut groups, mut rest): (Vec<Vec<&Person>>, Vec<MemberId>) = (vec![Vec::new(); count], Vec::new());
        // Those with room, smallest first; and in how many groups a department is.
        let mut room: BTreeSet<(usize, usize)> = (0..count).map(|at| (0, at)).collect();
        let mut in_groups = BTreeMap::<_, usize>::new();
        let apart = self.policy.distinct_departments == Relation::Required;
        for person in people {
            let taken = in_groups.entry(&person.department).or_default();
            let fits =
                |at: usize| groups.get(at).is_some_and(|group| group.iter().all(|other| self.are_peers(person, other)));
            let full = apart && *taken == count;
            let free = if full { None } else { room.iter().copied().find(|(_, at)| fits(*at)) };
            match free {
                Some((size, at)) => {
                    *taken += 1;
                    room.remove(&(size, at));
                    if size + 1 < max {
                        room.insert((size + 1, at));
                    }
                    if let Some(group) = groups.get_mut(at) {
                        group.push(person);
                    }
                }
                None => rest.push(person.id.clone()),
            }
        }
        let ids = |group: Vec<&Person>| group.into_iter().map(|person| person.id.clone()).collect();
        (groups.into_iter().map(ids).collect(), rest)
    }
}

/// People by what a cell may call them.
struct Index {
    ids: BTreeMap<String, Vec<MemberId>>,
    emails: BTreeMap<String, Vec<MemberId>>,
    names: BTreeMap<String, Vec<MemberId>>,
}

impl Index {
    fn of<'a>(people: impl Iterator<Item = &'a Person>) -> Self {
        let mut index = Self { ids: BTreeMap::new(), emails: BTreeMap::new(), names: BTreeMap::new() };
        for person in people {
            index.ids.entry(person.id.to_string()).or_default().push(person.id.clone());
            index.names.entry(person.name.to_lowercase()).or_default().push(person.id.clone());
            if let Some(email) = &person.email {
                index.emails.entry(email.to_lowercase()).or_default().push(person.id.clone());
            }
        }
        index
    }

    /// Whom a cell means, by id, else by address, else by name.
    fn find(&self, cell: &str) -> Option<&[MemberId]> {
        let text = cell.to_lowercase();
        self.ids.get(cell).or_else(|| self.emails.get(&text)).or_else(|| self.names.get(&text)).map(Vec::as_slice)
    }
}

fn is_address(email: &str) -> bool {
    let odd = |letter: char| letter.is_whitespace() || letter.is_control() || "<>()[],;:\\\"".contains(letter);
    let is_domain = |domain: &str| domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    let parts =
        email.split_once('@').filter(|(local, domain)| !local.is_empty() && !domain.contains('@') && is_domain(domain));
    parts.is_some() && !email.contains(odd)
}

/// Whether a row without an id is about somebody who is known: by address where both have one, else by name.
fn is_same(known: &Person, name: &str, email: Option<&str>) -> bool {
    match (known.email.as_deref(), email) {
        (Some(known), Some(email)) => same_text(known, email),
        (Some(_), None) | (None, _) => same_text(&known.name, name),
    }
}

fn same_text(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

impl Visitor {
    /// What a roster comes to under a process (the field's own where none is named), or every mistake in it. Nothing is kept.
    ///
    /// The text is CSV with a line of column names: name, level, department; and, where there are any, id, email, manager, group.
    /// Commas, semicolons and tabs all separate. Without groups, some are suggested: of one level, from different departments, nobody
    /// with their manager.
    ///
    /// # Errors
    /// [`HostError::Roster`] with every mistake.
    pub fn read_roster(&self, text: &str, process: Option<&str>) -> Result<Draft, HostError> {
        self.ask(&Right::People)?;
        let organisation = &self.organisation;
        let name = process;
        let process = organisation.process(name)?;
        let policy = &process.spec().group;
        let (rows, issues) = rows(text).map_err(|issues| HostError::Roster { issues })?;
        let directory = documents::all::<Person>(organisation.service().store(), "")?;
        let directory = directory.into_iter().map(|at| (at.value.id.clone(), at.value)).collect();
        let mut reading = Reading { policy, directory, issues, ids: BTreeMap::new(), people: Vec::new(), named: Vec::new() };
        rows.iter().for_each(|row| reading.person(row));
        reading.managers(&rows);
        let (min, target, max) = (policy.minimum.into(), policy.target.into(), policy.maximum.into());
        let (mut groups, mut left_over) = (Vec::new(), Vec::new());
        if reading.named.is_empty() && reading.issues.is_empty() {
            let (suggested, rest) = reading.suggest(min, target, max);
            left_over = rest;
            let taken: BTreeSet<_> = self.groups(None, usize::MAX)?.into_iter().map(|group| group.id).collect();
            let mut numbers = 1..;
            for members in suggested {
                let free = numbers.by_ref().find_map(|number| {
                    let id: GroupId = format!("group-{number}").parse().ok()?;
                    (!taken.contains(&id)).then_some((id, number))
                });
                if let Some((id, number)) = free {
                    groups
                        .push(DraftGroup { group: Group { id, name: format!("Group {number}"), members }, suggested: true });
                }
            }
        }
        for (id, name, members) in std::mem::take(&mut reading.named) {
            groups.push(DraftGroup { group: Group { id, name, members }, suggested: false });
        }
        let people: BTreeMap<_, _> = reading.people.iter().map(|(_, person)| (person.id.clone(), person.clone())).collect();
        for draft in groups.iter().filter(|draft| !draft.suggested) {
            self.check_group(&draft.group, &people, name, &mut reading)?;
        }
        let people: Vec<_> = reading.people.into_iter().map(|(_, person)| person).collect();
        reading.issues.sort_by_key(|issue| issue.line);
        if reading.issues.is_empty() {
            Ok(Draft { people, groups, left_over })
        } else {
            Err(HostError::Roster { issues: reading.issues })
        }
    }

    /// What the machine says to a group: the rules are asked, not written again.
    fn check_group(
        &self,
        group: &Group,
        people: &BTreeMap<MemberId, Person>,
        process: Option<&str>,
        reading: &mut Reading<'_>,
    ) -> Result<(), HostError> {
        let min = usize::from(reading.policy.minimum);
        let line_of = |member: &MemberId, reading: &Reading<'_>| reading.ids.get(member).copied().unwrap_or(0);
        // Whoever's row has a mistake isn't among the people.
        let people: Vec<_> = group.members.iter().filter_map(|id| people.get(id)).cloned().collect();
        let members: Vec<_> = people.iter().map(|person| person.id.clone()).collect();
        if group.members.len() < min {
            let line = group.members.first().map_or(0, |member| line_of(member, reading));
            let got = format!("{} in `{}`", group.members.len(), group.name);
            reading.issue(line, Column::Group, format!("at least {min} people (R-05)"), got);
        }
        // INVARIANT: this is an id.
        let Ok(id) = "draft".parse() else { return Ok(()) };
        let Some(module) = self.organisation.catalogue().ids().next().cloned() else { return Ok(()) };
        let process = process.map(str::to_owned);
        let new = NewCycle { cycle: None, module, process, session_1: None };
        let group = Group { members: members.clone(), ..group.clone() };
        let commands = self.organisation.forming(&id, &group, &people, &new)?;
        for (at, refusal) in self.organisation.refusals(&commands)? {
            let line = at.checked_sub(1).and_then(|at| members.get(at)).map_or(0, |member| line_of(member, reading));
            let expected = format!("a group that the rules allow ({}): {}", refusal.rule, named(&refusal.helps, &people));
            reading.issue(line, Column::Group, expected, named(&refusal.says, &people));
        }
        Ok(())
    }

    /// Keeps the people and groups of a roster, and says which they are.
    ///
    /// # Errors
    /// As [`read_roster`](Self::read_roster).
    pub fn import_roster(&self, text: &str, process: Option<&str>) -> Result<Draft, HostError> {
        let draft = self.read_roster(text, process)?;
        let groups: Vec<_> = draft.groups.iter().map(|draft| draft.group.clone()).collect();
        let changes = self.organisation.keep(&draft.people, &groups)?;
        self.organisation.service().store().change(changes)?;
        Ok(draft)
    }
}

/// What the machine says of people by their ids, with the names that the roster has for them.
fn named(says: &str, people: &[Person]) -> String {
    let name = |word: &str| {
        let id = word.trim_end_matches([',', '.', ';', ':']);
        let person = people.iter().find(|person| person.id.as_str() == id)?;
        Some(format!("{}{}", person.name, word.strip_prefix(id).unwrap_or_default()))
    };
    says.split(' ').map(|word| name(word).unwrap_or_else(|| word.to_owned())).collect::<Vec<_>>().join(" ")
}
