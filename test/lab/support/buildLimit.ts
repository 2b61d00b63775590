/**
 * Limit of a hook that brings tools, in milliseconds: it may have to build them, after it has waited for another suite
 * that builds its own.
 */
export const buildLimitMs = 60 * 60_000;
