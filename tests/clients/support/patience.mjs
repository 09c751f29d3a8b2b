/** Longest wait for something that must happen, in milliseconds, as an option of a test. */
export const PATIENCE = { timeout: 30_000 };
