// A request with the context's cookies, at an instant in milliseconds since the epoch; 0 is now. Redirects are not
// followed: where they lead says what came of it.
async function requestOnce(address, at, page) {
    const instant = Number(at);
    if (instant > 0) {
        await new Promise((done) => setTimeout(done, instant - Date.now() - 15));
        while (performance.timeOrigin + performance.now() < instant);
    }
    const answer = await page.context().request.get(address, { maxRedirects: 0 });
    return answer.headers().location ?? "";
}
requestOnce.rfdoc = "Sends one request at an instant and returns where the answer leads.";

exports.__esModule = true;
exports.requestOnce = requestOnce;
