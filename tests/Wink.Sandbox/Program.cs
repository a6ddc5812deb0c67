using System.Text.Json;
using Wink.Sandbox;

// Writes the addresses of the sandbox in one line of JSON, then runs until its standard input ends: so it ends with the process that
// started it.
await using var sandbox = await SandboxServer.StartAsync();
Console.WriteLine(JsonSerializer.Serialize(new
{
    http = sandbox.Http,
    https = sandbox.Https,
    proxy = sandbox.Proxy.Uri,
    authority = sandbox.Authority.ExportCertificatePem(),
}));
while (await Console.In.ReadLineAsync() is not null)
{
}
