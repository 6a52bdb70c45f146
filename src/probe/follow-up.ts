import { isInterrupted, type WalkContext } from './walk-context.ts';

/**
 * An experiment that a failure triggers: the second measurement that decides between look-alikes. It reads what was observed, never a
 * verdict, and adds observations of its own.
 */
export interface FollowUp {
  name: string;
  /** Whether what this request met so far calls for it. */
  isWanted(context: WalkContext): boolean;
  /**
   * It may begin while the stage that calls for it is still silent, so that a dead walk ends at its longest single timeout and not at a sum.
   * `isWanted` then has to judge by what is missing, too. Never for what tells third parties of the name: they hear of it only once the
   * request has failed.
   */
  startsEarly?: true;
  /** It is worth its time for a request that was answered as well: it tells one impairment from another. */
  afterSuccess?: true;
  /** It works with what other experiments find: begins only when those have ended. */
  buildsOnOthers?: true;
  /**
   * Runs it. `context` records under the experiment's name; its timeout is all the time there is, and its signal ends it when nobody needs
   * it any more. Never rejects for what the network does.
   */
  run(context: WalkContext): Promise<void>;
}

/** The experiments of one request. Each runs at most once. */
export interface FollowUps {
  /** Waits for a stage of the request; while it stays silent, begins what may begin early. */
  whileWaiting<T>(stage: Promise<T>): Promise<T>;
  /** The request is over: runs what it calls for, all at the same time, then what those results call for. */
  finish(request: 'answered' | 'failed'): Promise<void>;
}

/** How long a stage stays silent before experiments begin: most answers that come at all come within a second. */
const silenceMs = 1000;
/** The part of the timeout after which they begin at the latest. */
const silenceShare = 0.25;
/** The least time experiments get that begin after a failure, however much of the timeout the request took, or on the results of others. */
const leastMs = 1500;

/** The silence after which experiments begin, within a walk's timeout. */
export function silenceOf(context: WalkContext): number {
  return Math.min(silenceMs, context.options.timeoutMs * silenceShare);
}

export function startFollowUps(context: WalkContext, followUps: readonly FollowUp[]): FollowUps {
  const { options, ports } = context;
  const { clock } = ports;
  const startedMs = clock.nowMs();
  const running = new Map<FollowUp, Promise<void>>();
  const needless = new AbortController();
  const untilNeedless = options.signal === null ? needless.signal : AbortSignal.any([needless.signal, options.signal]);

  function begin(allowed: (followUp: FollowUp) => boolean, timeoutMs: number): boolean {
    const wanted = followUps.filter((followUp) => !running.has(followUp) && allowed(followUp));
    for (const followUp of wanted) {
      const signal = isForSuccess(followUp) ? options.signal : untilNeedless;
      running.set(
        followUp,
        followUp.run({ ...context, options: { ...options, timeoutMs, signal }, recorder: context.recorder.forFollowUp(followUp.name) }),
      );
    }
    return wanted.length > 0;
  }

  function isForSuccess(followUp: FollowUp): boolean {
    return options.thorough || followUp.afterSuccess === true;
  }

  async function beginEarly(stageMs: number, over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await clock.sleep(silenceOf(context), over);
      const leftMs = stageMs + options.timeoutMs - clock.nowMs();
      if (!over.aborted && !isInterrupted(context) && leftMs > 0)
        begin((followUp) => followUp.startsEarly === true && followUp.isWanted(context), leftMs);
    }
  }

  return {
    async whileWaiting(stage) {
      const over = new AbortController();
      try {
        return await Promise.race([stage, beginEarly(clock.nowMs(), over.signal).then(() => stage)]);
      } finally {
        over.abort();
      }
    },
    async finish(request) {
      const overMs = startedMs + options.timeoutMs;
      const isAllowed = (followUp: FollowUp): boolean => request === 'failed' || isForSuccess(followUp);
      if (request === 'answered') needless.abort();
      for (let round = 0; !isInterrupted(context); round++) {
        const leftMs = Math.max(overMs - clock.nowMs(), Math.min(leastMs, options.timeoutMs));
        const isDue = (followUp: FollowUp): boolean => isAllowed(followUp) && (round > 0 || followUp.buildsOnOthers !== true);
        const begun = begin((followUp) => isDue(followUp) && (options.thorough || followUp.isWanted(context)), leftMs);
        await Promise.all(running.values());
        if (!begun && round > 0) return;
      }
      await Promise.all(running.values());
    },
  };
}
