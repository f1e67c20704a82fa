import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";

/**
 * Serves answers from a list, one a request, while `use` runs with `{ url, asked }`. A `fault` of `reset` gives no
 * answer, `short` ends too early, and `late` comes after half a second. A request too many gets 418.
 */
export async function scripted(answers, use) {
  const waiting = [...answers];
  const asked = [];
  const server = createServer(async (request, response) => {
    const { method, url: path, headers } = request;
    asked.push({ method, path, headers, body: method === "GET" ? undefined : await json(request) });
    const { status = 200, body = {}, headers: told = {}, fault } = waiting.shift() ?? { status: 418 };
    if (fault === "reset") return request.socket.destroy();
    if (fault === "late") await pause(500);
    const data = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
    response.writeHead(status, { ...told, "Content-Length": data.length + (fault === "short" ? 9 : 0) });
    response.write(data);
    return fault === "short" ? setImmediate(() => request.socket.destroy()) : response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use({ url: `http://127.0.0.1:${server.address().port}/live`, asked });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
