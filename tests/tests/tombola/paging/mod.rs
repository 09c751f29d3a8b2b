//! Lists: page by page they are what one sort of everything visible is, whatever comes and goes meanwhile.

mod filters;
mod list;
mod moving;
mod nested;
mod orders;
mod scenery;
mod sides;
mod texts;
mod titles;
mod totals;
mod windows;
