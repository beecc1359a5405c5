/** What the gateway asks of a password; its answer is the truth, this tells while one types. */
const SHORTEST = 12;
const GOOD_SCORE = 3;
/** The gateway's estimator reads no further. */
const READ = 72;

export type PasswordVerdict = 'short' | 'named' | 'weak' | 'good' | 'strong';

/** Score a password from 0 (guessed at once) to 4, given words that it should not rest on. */
export type Estimator = (password: string, words: string[]) => number;

let loading: Promise<Estimator> | undefined;

/** Load zxcvbn with its dictionary, a quarter of a megabyte. Raises when that fails; the next call tries again. */
export function loadEstimator(): Promise<Estimator> {
  loading ??= buildEstimator().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function buildEstimator(): Promise<Estimator> {
  const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ]);
  const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  return (password, words) => zxcvbn.check(password.slice(0, READ), words).score;
}

/** Judge a password as the gateway will; null while only the estimator could tell and there is none. */
export function judgePassword(
  password: string,
  username: string,
  estimate: Estimator | null,
): PasswordVerdict | null {
  if (Array.from(password).length < SHORTEST) return 'short';
  const name = username.trim().toLowerCase();
  if (name && password.toLowerCase().includes(name)) return 'named';
  if (!estimate) return null;
  const score = estimate(password, name ? [name] : []);
  if (score < GOOD_SCORE) return 'weak';
  return score === GOOD_SCORE ? 'good' : 'strong';
}
