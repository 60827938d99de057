const DEADLINE_MS = 3_000;

/**
 * One message to a receiver of OTLP over HTTP, in JSON.
 * @throws Error when it did not take the message in time.
 */
export async function postOtlp(url: string, message: object): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
    redirect: 'manual',
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the receiver answered with ${response.status}`);
}
