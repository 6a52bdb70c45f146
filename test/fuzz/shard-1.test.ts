import { fuzzShard } from './damaged-captures.ts';

fuzzShard(0);
