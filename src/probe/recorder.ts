import type { Observation, ObservationDraft, ObservationKind, ObservationOf } from '../model/observation.ts';
import type { Contact } from '../model/walk-record.ts';
import type { Clock } from '../ports/clock.ts';

/** Told of each observation as it is made. Must not throw. */
export type ObservationListener = (observation: Observation) => void;

/** The notebook of one walk: gives observations their ids and times, in the order they were made. */
export interface Recorder {
  /** Milliseconds since the walk began, from a {@link Clock.nowMs} reading; without one, now. */
  sinceStart(clockMs?: number): number;
  /** Writes down one happening. Ignored once the walk has ended. */
  observe(draft: ObservationDraft): void;
  /** Writes down that something was sent to an address. */
  contact(contact: Contact): void;
  /** The next connection's name. */
  nextConnection(): string;
  /** The same notebook, writing for another request of the redirect chain. */
  forHop(hop: number): Recorder;
  /** The same notebook, marking what it writes as an experiment's. */
  forFollowUp(name: string): Recorder;
  /** A notebook beside this one. What it holds is written into this one only when it is asked for, as often as it is. */
  aside(): Aside;
  readonly hop: number;
  /** What was observed of this hop so far, of one kind. */
  seen<K extends ObservationKind>(kind: K): readonly ObservationOf<K>[];
  /** Ends the walk and returns everything. */
  close(): { observations: Observation[]; contacted: Contact[] };
}

/** Observations that may turn out to matter: made for something the page refers to. */
export interface Aside {
  readonly recorder: Recorder;
  /** Writes them down under the name of a resource. */
  keepAs(resource: string): void;
}

/** `onContact` is told of each address before anything is sent to it, but for what a browser does by itself. Must not throw. */
export function createRecorder(
  clock: Clock,
  listener: ObservationListener,
  onContact: ((contact: Contact) => void) | null = null,
): Recorder {
  const startMs = clock.nowMs();
  const observations: Observation[] = [];
  const contacted: Contact[] = [];
  let connections = 0;
  let closed = false;

  function recorderFor(hop: number, followUp: string | null): Recorder {
    return {
      hop,
      sinceStart: (clockMs = clock.nowMs()) => round(clockMs - startMs),
      observe(draft) {
        if (closed) return;
        const id = `e${observations.length + 1}`;
        const observation = { id, hop, ...draft, ...(followUp === null ? {} : { followUp }) } as Observation;
        observations.push(observation);
        listener(observation);
      },
      contact(contact) {
        const known = contacted.some(
          (other) => other.address === contact.address && other.port === contact.port && other.purpose === contact.purpose,
        );
        if (closed || known) return;
        contacted.push(contact);
        onContact?.(contact);
      },
      nextConnection: () => `c${connections++}`,
      forHop: (other) => recorderFor(other, followUp),
      forFollowUp: (name) => recorderFor(hop, name),
      aside: () => startAside(recorderFor(hop, followUp)),
      seen: <K extends ObservationKind>(kind: K) =>
        observations.filter(
          (observation): observation is ObservationOf<K> =>
            observation.hop === hop && observation.kind === kind && observation.resource === undefined,
        ),
      close() {
        closed = true;
        return { observations, contacted };
      },
    };
  }
  return recorderFor(0, null);
}

function startAside(main: Recorder): Aside {
  const held: Observation[] = [];
  const recorderFor = (hop: number): Recorder => ({
    ...main,
    hop,
    observe: (draft) => {
      held.push({ id: '', hop, ...draft } as Observation);
    },
    forHop: recorderFor,
    forFollowUp: () => recorderFor(hop),
    aside: () => startAside(main),
    seen: <K extends ObservationKind>(kind: K) =>
      held.filter((observation): observation is ObservationOf<K> => observation.hop === hop && observation.kind === kind),
  });
  return {
    recorder: recorderFor(0),
    keepAs(resource) {
      for (const { id: _, ...observation } of held) main.observe({ ...observation, resource } as ObservationDraft);
    },
  };
}

/** Thousandths of a millisecond: finer is noise. */
export function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
