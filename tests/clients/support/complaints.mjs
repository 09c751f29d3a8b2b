/** What is written to the console as a warning or an error from now on, where libraries complain of how they are used. */
export function complaints() {
  const heard = [];
  for (const kind of ["warn", "error"]) {
    console[kind] = (...what) => heard.push(what.join(" "));
  }
  return heard;
}
