/* global document, tellViolation */

/** Notes, from now on, what `page` complains of, what its policy forbids, and what it asks the network for. */
export async function watch(page) {
  const seen = { errors: [], violations: [], requested: [] };
  page.on('console', (message) => {
    if (message.type() === 'error') seen.errors.push(message.text());
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
