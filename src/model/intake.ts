/** How many of several are meant; null in an {@link Intake} where nobody said. */
export type Share = 'all' | 'some' | 'one';

/** What was reported before anybody measured anything, as people told it. Every field may be missing: null or empty. */
export interface Intake {
  /** URLs as reported; the target of the walk is one of them or stands for them. */
  urls: string[];
  /** Who reported it. */
  reporter: string | null;
  /** Where the reporter is: a city, an office, at home. */
  place: string | null;
  /** How the reporter is connected: provider, VPN, Wi-Fi of the office. */
  network: string | null;
  /** Since when: ISO 8601 with its zone. */
  since: string | null;
  users: Share | null;
  pages: Share | null;
  /** What the reporter saw, in the reporter's words. */
  symptom: string | null;
}
