/** How a missing text enters a model: a reserved value, which is not the empty string. */
export const MISSING_TEXT = "<missing>";
