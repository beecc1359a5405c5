import { gunzipSync } from 'fflate';
import { http, HttpResponse } from 'msw';

import { API, problem, server } from './server';

interface ReceivedFile {
  id: string;
  name: string;
  size: number;
  chunks: Map<number, Uint8Array>;
}

interface ReceivedUpload {
  id: string;
  metadata: unknown;
  /** The report whose question it answers. */
  reportId: string | undefined;
  chunkSize: number;
  files: ReceivedFile[];
  status: 'pending' | 'uploading' | 'processing' | 'completed' | 'failed';
  stage: string;
}

/** What is to happen to the next call of a kind instead of the usual: an answer, or null for a broken connection. */
type Fault = () => Response | null;

/** A gateway's intake, as strict as the real one about sizes and digests, for faults that a real one can't be given. */
export class FakeGateway {
  readonly uploads = new Map<string, ReceivedUpload>();
  /** `uploadId/fileId/index` of every chunk that was acknowledged, in order. */
  readonly acknowledged: string[] = [];
  /** How many chunks it is about to take, also of pages that are closed by now. */
  underWay = 0;
  readonly faults = { init: [] as Fault[], chunk: [] as Fault[], complete: [] as Fault[] };
  tokenOf = (uploadId: string): string => `token-of-${uploadId}`;
  #count = 0;

  constructor() {
    server.use(
      http.post(`${API}/upload/init`, ({ request }) => this.#init(request)),
      http.put(`${API}/upload/:id/chunk`, ({ request, params }) =>
        this.#chunk(request, String(params.id)),
      ),
      http.post(`${API}/upload/:id/complete`, ({ request, params }) =>
        this.#complete(request, String(params.id)),
      ),
      http.post(`${API}/upload/:id/token`, ({ params }) => this.#token(String(params.id))),
      http.get(`${API}/upload/:id`, ({ params }) => this.#status(String(params.id))),
      http.delete(`${API}/upload/:id`, ({ params }) => this.#cancel(String(params.id))),
    );
  }

  /** The bytes of an upload's files, as they were put together; raises while any are missing. */
  contents(uploadId: string): Uint8Array<ArrayBuffer>[] {
    return this.#upload(uploadId).files.map((file) => {
      const chunks = [...file.chunks].toSorted(([a], [b]) => a - b).map(([, bytes]) => bytes);
      const content = new Uint8Array(file.size);
      let size = 0;
      for (const chunk of chunks) {
        content.set(chunk, size);
        size += chunk.byteLength;
      }
      if (size !== file.size) throw new Error(`${file.name} is not complete`);
      return content;
    });
  }

  #upload(id: string): ReceivedUpload {
    const upload = this.uploads.get(id);
    if (!upload) throw new Error('no such upload');
    return upload;
  }

  async #init(request: Request): Promise<Response> {
    const fault = this.faults.init.shift();
    if (fault) return fault() ?? HttpResponse.error();
    const body = (await request.json()) as {
      file_names: string[];
      file_sizes: number[];
      metadata: unknown;
      report_id?: string;
      chunk_size: number;
    };
    const id = `upload-${(this.#count += 1)}`;
    const files = body.file_names.map((name, index) => ({
      id: `file-${index}`,
      name,
      size: body.file_sizes[index] ?? 0,
      chunks: new Map<number, Uint8Array>(),
    }));
    const { metadata, report_id: reportId, chunk_size: chunkSize } = body;
    const upload = { id, metadata, reportId, chunkSize, files };
    this.uploads.set(id, { ...upload, status: 'pending', stage: 'receiving' });
    return HttpResponse.json(
      {
        upload_id: id,
        session_token: this.tokenOf(id),
        expires_at: '2030-01-01T00:00:00Z',
        chunk_size: body.chunk_size,
        files: files.map((file) => ({
          file_id: file.id,
          file_name: file.name,
          size: file.size,
          chunk_count: Math.ceil(file.size / body.chunk_size),
        })),
      },
      { status: 201 },
    );
  }

  async #chunk(request: Request, id: string): Promise<Response> {
    this.underWay += 1;
    try {
      return await this.#takeChunk(request, id);
    } finally {
      this.underWay -= 1;
    }
  }

  async #takeChunk(request: Request, id: string): Promise<Response> {
    const fault = this.faults.chunk.shift();
    if (fault) return fault() ?? HttpResponse.error();
    const upload = this.uploads.get(id);
    if (!upload) return problem(404, 'upload-not-found', 'Gone', '');
    if (request.headers.get('X-Upload-Token') !== this.tokenOf(id)) {
      return problem(401, 'invalid-upload-token', 'No', '');
    }
    const body = new Uint8Array(await request.arrayBuffer());
    if (request.headers.get('Content-Digest') !== (await digestOf(body))) {
      return problem(422, 'chunk-checksum-mismatch', 'Garbled', '');
    }
    const isGzip = request.headers.get('Content-Encoding') === 'gzip';
    return this.#store(upload, new URL(request.url).searchParams, isGzip ? gunzipSync(body) : body);
  }

  #store(upload: ReceivedUpload, query: URLSearchParams, bytes: Uint8Array): Response {
    const file = upload.files.find((candidate) => candidate.id === query.get('file_id'));
    const index = Number(query.get('chunk_index'));
    const expected = Math.min(upload.chunkSize, (file?.size ?? 0) - index * upload.chunkSize);
    if (!file || bytes.byteLength !== expected) {
      return problem(422, 'chunk-size-mismatch', 'Size', '');
    }
    file.chunks.set(index, bytes);
    upload.status = 'uploading';
    this.acknowledged.push(`${upload.id}/${file.id}/${index}`);
    return HttpResponse.json({ chunk_index: index, checksum_verified: true });
  }

  #complete(request: Request, id: string): Response {
    const fault = this.faults.complete.shift();
    if (fault) return fault() ?? HttpResponse.error();
    if (request.headers.get('X-Upload-Token') !== this.tokenOf(id)) {
      return problem(401, 'invalid-upload-token', 'No', '');
    }
    this.contents(id);
    Object.assign(this.#upload(id), { status: 'processing', stage: 'received' });
    return HttpResponse.json({ upload_id: id, status: 'processing' }, { status: 202 });
  }

  #token(id: string): Response {
    if (!this.uploads.has(id)) return problem(404, 'upload-not-found', 'Gone', '');
    return HttpResponse.json({
      session_token: this.tokenOf(id),
      expires_at: '2030-01-01T00:00:00Z',
    });
  }

  #status(id: string): Response {
    const upload = this.uploads.get(id);
    if (!upload) return problem(404, 'upload-not-found', 'Gone', '');
    const files = upload.files.map((file) => ({
      file_id: file.id,
      missing: missingOf(file, upload),
    }));
    return HttpResponse.json({
      upload_id: id,
      status: upload.status,
      stage: upload.stage,
      chunk_size: upload.chunkSize,
      files,
      expected_instances: 1,
      counts: { instances: 1, accepted: 1, rejected: 0, delivered: 0, verified: 0 },
      warnings: [],
      safe_to_delete: false,
      pacs_receipt_id: null,
      duplicate_of: null,
    });
  }

  #cancel(id: string): Response {
    this.uploads.delete(id);
    return new HttpResponse(null, { status: 204 });
  }
}

function missingOf(file: ReceivedFile, upload: ReceivedUpload): [number, number][] {
  return Array.from({ length: Math.ceil(file.size / upload.chunkSize) }, (_, index) => index)
    .filter((index) => !file.chunks.has(index))
    .map((index) => [index, index]);
}

async function digestOf(body: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', body));
  return `sha-256=:${btoa(String.fromCharCode(...digest))}:`;
}
