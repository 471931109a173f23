// The handler by itself, many times over: no socket, no parsing of HTTP, nobody to wait for. Timed from outside, by the CPU of
// the process, because workerd's clock stands still meanwhile.

/** The body is `{times, transport, opening, headers, message}`; answers what came last. */
export async function loop(request, { post, socket }) {
  const { times, transport, opening, headers, message } = await request.json();
  const send = transport === "socket" ? socket : (text) => posted(text, headers, post);
  if (opening !== undefined && transport === "socket") await send(opening);
  let last = "";
  for (let time = 0; time < times; time++) last = await send(message);
  return new Response(last);
}

async function posted(body, headers, post) {
  const response = await post(new Request("https://bench/mcp", { method: "POST", headers, body }));
  return response.text();
}
