import { http, HttpResponse } from 'msw';

import type { Proof, Report, ReportText, Version } from '@/features/reading/api';

import { API, problem, server } from './server';

export const REPORT = '00000000-0000-4000-8000-00000000abcd';
export const READER = {
  id: 'user-ray',
  username: 'ray',
  full_name: 'Dr. Ray',
  role: 'radiologist',
};
export const OTHER = { id: 'user-anna', name: 'Dr. Anna' };
export const PASSWORD = 'twelve quiet llamas 41 knit';

const TEXT: ReportText = { findings: '', impression: '', recommendation: '', is_critical: false };

/** A study that waits to be read, unless told otherwise. */
export function makeReport(changes: Partial<Report> = {}): Report {
  return {
    id: REPORT,
    upload_id: '00000000-0000-4000-8000-00000000beef',
    status: 'assigned',
    service_level: 'stat',
    due_at: '2026-01-14T13:00:00Z',
    is_overdue: false,
    created_at: '2026-01-14T12:00:00Z',
    updated_at: '2026-01-14T12:00:00Z',
    reported_at: null,
    is_critical: false,
    critical_since: null,
    site_id: 'site',
    site_name: 'North wing',
    patient_name: 'DOE^JANE',
    patient_id: 'P-17',
    patient_birth_date: '19640229',
    patient_sex: 'F',
    study_instance_uid: '1.2.3',
    study_date: '20260114',
    modality: 'CT',
    body_part: 'HEAD',
    study_description: 'Head without contrast',
    accession_number: null,
    referring_physician: 'HOUSE^GREGORY',
    has_history: true,
    images: { expected: 480, verified: 212 },
    radiologist_id: null,
    radiologist: null,
    lock: null,
    pdf_url: null,
    clinical_history: 'Fall from a ladder.',
    pacs_receipt_id: null,
    revision: 1,
    escalated_at: null,
    is_told_to_caller: false,
    signed_at: null,
    versions: [],
    questions: [],
    draft: null,
    ...changes,
  };
}

export function makeVersion(changes: Partial<Version> = {}): Version {
  return {
    ...TEXT,
    id: `version-${changes.kind ?? 'final'}-${changes.number ?? 1}`,
    kind: 'final',
    number: 1,
    author_id: READER.id,
    author: READER.full_name,
    signed_at: '2026-01-14T12:30:00Z',
    pdf_url: '',
    pdf_sha256: '',
    acknowledgement: null,
    digest: '',
    stored: [],
    ...changes,
  };
}

type Call = 'claim' | 'release' | 'draft' | 'sign' | 'addenda' | 'request-data' | 'pdf' | 'look';

/**
 * The gateway's side of one study, as strict as the real one about claims and revisions. A fault is what happens to the
 * next call of a kind instead: an answer, or null for a connection that breaks; `after` lets the call happen first.
 */
export class FakeReading {
  report: Report;
  readonly calls: Call[] = [];
  readonly faults: Partial<Record<Call, (() => Response | null)[]>> = {};
  /** The text of every draft that was taken. */
  readonly drafts: ReportText[] = [];
  priors: unknown[] = [];
  templates: unknown[] = [];
  readonly kept: unknown[] = [];
  readonly questions: string[] = [];
  /** Answers that are lost on their way back though the call was heard. */
  readonly lost = new Set<Call>();

  constructor(changes: Partial<Report> = {}) {
    this.report = makeReport(changes);
    const at = `${API}/reports/${REPORT}`;
    server.use(
      http.get(at, () => this.#hear('look', () => this.report)),
      http.get(`${at}/priors`, () => HttpResponse.json({ items: this.priors })),
      http.get(`${API}/report-templates`, () => HttpResponse.json({ items: this.templates })),
      http.post(`${API}/report-templates`, async ({ request }) => {
        this.kept.push(await request.json());
        return HttpResponse.json({}, { status: 201 });
      }),
      http.post(`${at}/claim`, ({ request }) =>
        this.#hear('claim', () => this.#claim(request.url)),
      ),
      http.post(`${at}/release`, () => this.#hear('release', () => this.#release())),
      http.put(`${at}/draft`, async ({ request }) => {
        const text = (await request.json()) as ReportText;
        return this.#hear('draft', () => this.#held(request) ?? this.#save(text));
      }),
      http.post(`${at}/sign`, async ({ request }) => {
        const body = (await request.json()) as Proof & { kind: 'final' | 'preliminary' };
        return this.#hear(
          'sign',
          () => this.#proven(body) ?? this.#held(request) ?? this.#sign(body.kind),
        );
      }),
      http.post(`${at}/addenda`, async ({ request }) => {
        const body = (await request.json()) as Proof & { text: ReportText };
        return this.#hear(
          'addenda',
          () => this.#proven(body) ?? this.#stale(request) ?? this.#add(body.text),
        );
      }),
      http.post(`${at}/request-data`, async ({ request }) => {
        const { text } = (await request.json()) as { text: string };
        return this.#hear('request-data', () => this.#held(request) ?? this.#ask(text));
      }),
      http.put(`${at}/pdf`, async ({ request }) => {
        const { byteLength } = await request.arrayBuffer();
        return this.#hear('pdf', () => this.#held(request) ?? this.#bring(byteLength));
      }),
      http.delete(`${at}/pdf`, ({ request }) =>
        this.#hear('pdf', () => this.#held(request) ?? this.#bring(null)),
      ),
    );
  }

  /** How often it was called so. */
  count(call: Call): number {
    return this.calls.filter((each) => each === call).length;
  }

  /** Somebody else opens it. */
  take(): void {
    const until = new Date(Date.now() + 30 * 60_000).toISOString();
    this.report = { ...this.report, lock: { user_id: OTHER.id, name: OTHER.name, until } };
  }

  /** It is written about elsewhere. */
  write(text: Partial<ReportText>): void {
    this.#save({ ...TEXT, ...this.#text(), ...text }, OTHER.name);
  }

  #text(): ReportText {
    const { findings, impression, recommendation, is_critical } = this.report.draft ?? TEXT;
    return { findings, impression, recommendation, is_critical };
  }

  #hear(call: Call, act: () => object): Response {
    this.calls.push(call);
    const fault = this.faults[call]?.shift();
    if (fault) return fault() ?? HttpResponse.error();
    const answer = act();
    if (this.lost.delete(call)) return HttpResponse.error();
    return answer instanceof Response ? answer : HttpResponse.json(answer);
  }

  #claim(url: string): object {
    if (this.report.signed_at || (this.report.status === 'ready' && !this.report.draft)) {
      return problem(409, 'report-finished', 'Report finished', 'This study has been read.');
    }
    const isTaken = url.includes('take_over=true');
    const refusal = isTaken ? null : this.#otherHolder();
    if (refusal) return refusal;
    const until = new Date(Date.now() + 30 * 60_000).toISOString();
    const lock = { user_id: READER.id, name: READER.full_name, until };
    this.report = { ...this.report, lock, status: 'pending' };
    return this.report;
  }

  #release(): object {
    const refusal = this.#otherHolder();
    if (!refusal) this.report = { ...this.report, lock: null };
    return refusal ?? this.report;
  }

  #otherHolder(): Response | null {
    const { lock } = this.report;
    if (!lock || lock.user_id === READER.id) return null;
    const body = {
      type: '/problems/report-locked',
      title: 'Somebody else has it open',
      status: 409,
      detail: `${lock.name} has it open.`,
      locked_by: lock.name,
      locked_until: lock.until,
    };
    return HttpResponse.json(body, { status: 409 });
  }

  #held(request: Request): Response | null {
    const refusal = this.#otherHolder();
    if (refusal) return refusal;
    if (this.report.signed_at) return problem(409, 'report-finished', 'Report finished', 'Signed.');
    if (!this.report.lock) return problem(409, 'report-not-claimed', 'Not claimed', 'Claim it.');
    return this.#stale(request);
  }

  #stale(request: Request): Response | null {
    const isFresh = request.headers.get('If-Match') === `"${this.report.revision}"`;
    return isFresh ? null : problem(409, 'stale-edit', 'Stale edit', 'Somebody else changed this.');
  }

  #proven(body: Proof): Response | null {
    if (body.password === PASSWORD || body.single_sign_on) return null;
    return problem(422, 'password-wrong', 'Password wrong', 'The password is wrong.');
  }

  #save(text: ReportText, author = READER.full_name): object {
    const saved_at = new Date().toISOString();
    const pdf_size = this.report.draft?.pdf_size ?? null;
    const draft = { ...text, author_id: READER.id, author, saved_at, pdf_size };
    this.report = { ...this.report, draft, revision: this.report.revision + 1 };
    this.drafts.push(text);
    const { revision, lock } = this.report;
    return { revision, saved_at, locked_until: lock?.until ?? null };
  }

  #sign(kind: 'final' | 'preliminary'): object {
    const version = makeVersion({ ...this.#text(), kind });
    const closing =
      kind === 'final'
        ? { status: 'ready' as const, signed_at: version.signed_at, draft: null, lock: null }
        : {};
    const { versions, revision } = this.report;
    this.report = {
      ...this.report,
      ...closing,
      is_critical: version.is_critical,
      versions: [version, ...versions],
      revision: revision + 1,
    };
    return this.report;
  }

  #add(text: ReportText): object {
    const number = this.report.versions.filter(({ kind }) => kind === 'addendum').length + 1;
    const version = makeVersion({ ...text, kind: 'addendum', number });
    const { versions, revision } = this.report;
    this.report = { ...this.report, versions: [version, ...versions], revision: revision + 1 };
    return HttpResponse.json(this.report, { status: 201 });
  }

  #ask(text: string): object {
    this.questions.push(text);
    const status = 'additional_data_required' as const;
    this.report = { ...this.report, status, lock: null, revision: this.report.revision + 1 };
    return this.report;
  }

  #bring(size: number | null): object {
    this.#save(this.#text());
    const { draft } = this.report;
    if (draft) this.report = { ...this.report, draft: { ...draft, pdf_size: size } };
    const { revision } = this.report;
    return { revision, saved_at: new Date().toISOString(), locked_until: null };
  }
}
