using System.Text.Json;
using Wink.Sandbox;

// Tells where the sandbox is in one line of JSON, then runs until its standard input ends: it can't outlive who started it.
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
