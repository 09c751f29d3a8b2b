//! Everything that can be asked of a type, some levels deep, made from the schema.

use crate::relations::schema::Schema;

/// All fields of a type, and `levels` of objects below it. No type comes twice on the way down.
pub(super) fn everything(schema: &Schema, kind: &str, levels: usize) -> String {
    below(schema, kind, levels, "", &mut vec![])
}

/// `on` goes before the names of fields: those of several types that stand beside each other must not meet.
fn below<'a>(schema: &'a Schema, kind: &'a str, levels: usize, on: &str, path: &mut Vec<&'a str>) -> String {
    let found = schema.get(kind);
    path.push(kind);
    let mut text = String::from("{ __typename ");
    for field in &found.fields {
        assert!(
            found.kind == "OBJECT" || found.kind == "INTERFACE" || found.kind == "UNION",
            "{kind} has no selection"
        );
        if field.arguments.iter().any(|argument| argument.required) {
            panic!("{kind}.{} wants an argument: give it one here", field.name);
        }
        // An e-mail address is known by its name.
        let name = match on {
            "" => field.name.clone(),
            _ if field.name == "email" => field.name.clone(),
            on => format!("{on}_{0}: {0}", field.name),
        };
        if !schema.is_composite(&field.target) {
            text += &format!("{name} ");
        } else if levels > 0 && !path.contains(&field.target.as_str()) {
            // Connections and edges lead to their rows; they are no level of their own.
            let wrapper = ["Connection", "Edge"].iter().any(|end| field.target.ends_with(end));
            let levels = if wrapper { levels } else { levels - 1 };
            if field.name == "edges" {
                continue;
            }
            text += &format!("{name} {} ", below(schema, &field.target, levels, "", path));
        }
    }
    if found.kind != "OBJECT" {
        for member in &found.possible {
            if !path.contains(&member.as_str()) {
                text += &format!("... on {member} {} ", below(schema, member, levels, member, path));
            }
        }
    }
    path.pop();
    text + "}"
}
