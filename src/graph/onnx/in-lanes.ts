/**
 * Starts calls in `width` lanes at once until `next` gives null. A call that fails stops every lane; the failure is
 * thrown once no call is under way any more, so that what the calls use may then be closed.
 */
export async function inLanes(width: number, next: () => Promise<void> | null): Promise<void> {
  const failures: unknown[] = [];
  const lane = async () => {
    while (failures.length === 0) {
      const call = next();
      if (call === null) return;
      await call.catch((error) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  if (failures.length > 0) throw failures[0];
}
