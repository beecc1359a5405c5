/* global document, tellViolation */

/**
 * Notes, from now on, what `page` complains of, what its policy forbids, and what it asks the network for.
 *
 * The browser logs every answer of 400 and more. Those under 500 from addresses that `refusals` fits are expected.
 */
export async function watch(page, refusals = null) {
  const seen = { errors: [], violations: [], requested: [] };
  page.on('console', (message) => {
    const expected =
      refusals?.test(message.location().url) && /status of 4\d\d/.test(message.text());
    if (message.type() === 'error' && !expected) seen.errors.push(message.text());
  });
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.on('request', (request) => seen.requested.push(request.url()));
  await page.exposeFunction('tellViolation', (violation) => seen.violations.push(violation));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      tellViolation(`${event.effectiveDirective}: ${event.blockedURI}`);
    });
  });
  return seen;
}
