/** Who is turned down is turned down at once, or after a first message with credentials: what ends later has worked. */
export const soonMs = 5000;
