/** Stops with an explanation unless the condition holds. */
export function expect(condition, explanation) {
  if (!condition) throw new Error(explanation);
}

/** Runs checks in order. Each builds on the one before, so the first failure skips the rest. */
export function createReport({ onFailure }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };

  async function check(name, body) {
    if (counts.failed > 0) {
      counts.skipped += 1;
      console.log(`skip  ${name}`);
      return;
    }
    try {
      await body();
      counts.passed += 1;
      console.log(`ok    ${name}`);
    } catch (error) {
      counts.failed += 1;
      console.log(`FAIL  ${name}\n    ${error.message}`);
      // The picture helps, but its own failure must not hide the first one.
      await onFailure().catch(() => {});
    }
  }

  function finish() {
    const skipped = counts.skipped ? `, ${counts.skipped} skipped` : "";
    console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
    return counts.failed === 0 ? 0 : 1;
  }

  return { check, finish };
}
