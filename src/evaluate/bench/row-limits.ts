import type { Caps } from "./suite.ts";

/** "at most 4000 training and 8000 test rows drawn by the key", or "all rows". */
export function rowLimits({ maxTrain, maxTest }: Caps): string {
  const limits = [
    ...(maxTrain === Number.POSITIVE_INFINITY ? [] : [`${maxTrain} training`]),
    ...(maxTest === Number.POSITIVE_INFINITY ? [] : [`${maxTest} test`]),
  ];
  return limits.length === 0 ? "all rows" : `at most ${limits.join(" and ")} rows drawn by the key`;
}
