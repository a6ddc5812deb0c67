using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Net;
using Wink.Client;
using Wink.Client.RestSharp;
using Wink.Client.Tests;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>
/// A test of the cmdlets in this process, connected to the sandbox as its operator. Both are in real time unless the test says
/// <see cref="UseQuietTimeAsync"/>.
/// </summary>
public abstract class HostTestBase : ServerTestBase
{
    private readonly List<Pipeline> _pipelines = [];
    private Pipeline _connected = null!;

    protected WinkConnection Wink { get; private set; } = null!;

    protected PSCredential Operator { get; private set; } = null!;

    /// <summary>The parameters of a rotation over the connection of this test, with four in flight.</summary>
    protected Hashtable RotationParameters { get; } = new() { ["ThrottleLimit"] = 4 };

    /// <summary>What a script calls as $slow to hold up its pipeline's thread.</summary>
    protected SlowCommand Slow { get; } = new();

    public override async ValueTask InitializeAsync()
    {
        var application = await StartSandboxAsync();
        Operator = NewCredential(application.ClientId, application.Secret);

        _connected = NewPipeline("Connect-Wink $operator -ApiUri $uri -IamUri $uri -PassThru", null);
        await _connected.RunAsync();
        Use((WinkConnection)_connected.Output.Single().BaseObject);
    }

    public override async ValueTask DisposeAsync()
    {
        // A test that failed may have left something held up.
        Slow.End();
        OpenGates();
        foreach (var pipeline in _pipelines)
            pipeline.Dispose();

        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>From now on, the connection of this test is one that has its time, and so does the sandbox.</summary>
    /// <param name="port">Makes the port that the connection sends by, around this one.</param>
    protected async Task UseQuietTimeAsync(Func<IHttpPort, IHttpPort>? port = null)
    {
        Sandbox.Time = Time;
        var options = new WinkClientOptions
        {
            Endpoints = WinkEndpoints.Custom(Sandbox.Http, Sandbox.Http),
            Credential = new ClientCredential(Operator.UserName, Operator.Password),
            Time = Time,
        };
        var client = new WinkClient(options, http =>
        {
            var quiet = new QuietPort(new RestSharpPort(http), Time);
            return port?.Invoke(quiet) ?? quiet;
        });
        await client.SignInAsync(null, Cancellation);
        Use(new WinkConnection(new LiveConnection(client, options.Endpoints, new RotationHistory(), options.Time), options));
    }

    /// <summary>
    /// A script in a runspace of its own. It has $operator and $uri to connect, $wink, which is the connection of this test, @rotation, the
    /// parameters of a rotation, and $slow to be held up.
    /// </summary>
    protected Pipeline NewPipeline(string script, TestHost? host, object? batch = null)
    {
        var pipeline = new Pipeline(
            script,
            host,
            ("operator", Operator),
            ("uri", Sandbox.Http),
            ("wink", Wink),
            ("rotation", RotationParameters),
            ("slow", Slow),
            ("batch", batch));
        _pipelines.Add(pipeline);
        return pipeline;
    }

    /// <summary>The same, run to its end.</summary>
    protected async Task<Pipeline> RunAsync(string script, TestHost? host, object? batch = null)
    {
        var pipeline = NewPipeline(script, host, batch);
        await pipeline.RunAsync();
        return pipeline;
    }

    /// <summary>The applications application-1, application-2 and so on, as a CSV file brings them: ids alone.</summary>
    protected IReadOnlyList<PSObject> NewBatch(int count)
    {
        return [.. Enumerable.Range(1, count).Select(number =>
        {
            var application = Sandbox.State.AddApplication("travel-tech", $"application-{number}", $"Application {number}", "account.read");
            var ids = new PSObject();
            ids.Properties.Add(new PSNoteProperty("ManagingEntityId", application.ManagingEntityId));
            ids.Properties.Add(new PSNoteProperty("ApplicationId", application.Id));
            return ids;
        })];
    }

    /// <summary>A number that an environment variable sets.</summary>
    protected static int Setting(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    protected static PSCredential NewCredential(string clientId, string secret) =>
        new(clientId, new NetworkCredential("", secret).SecurePassword);

    protected void AddFault(Fault fault) => Sandbox.Faults.Add(fault);

    /// <summary>Waits until the person sits before a question.</summary>
    protected static Task AskedAsync(TestHost host) => host.Asked.Task.WaitAsync(Patience, Cancellation);

    /// <summary>Stops a pipeline whose responses are held, and releases them when the person was told why it has not ended.</summary>
    protected static async Task StopInFlightAsync(Pipeline pipeline, TestHost host, TaskCompletionSource responses)
    {
        var stopping = pipeline.StopAsync();
        await UntilAsync(() => IsExplained(host));
        responses.SetResult();
        await stopping;
    }

    /// <summary>Whether the person was told why a pipeline that is to end has not ended yet.</summary>
    protected static bool IsExplained(TestHost host) => host.Lines.Any(line => IsLike("*may have reached Wink already*", line));

    /// <summary>The applications whose rotation was sent, each as often as it was.</summary>
    protected IReadOnlyList<string> Sent() =>
        [.. Sandbox.Journal.Of(Operation.Rotation).Select(request => request.Target.Split('/')[5]).Order(StringComparer.Ordinal)];

    /// <summary>Runs a script in the runspace that connected.</summary>
    protected Task<IReadOnlyList<T>> ConnectedAsync<T>(string script) => _connected.ThenAsync<T>(script);

    protected Task<IReadOnlyList<CredentialRotation>> HistoryAsync() => ConnectedAsync<CredentialRotation>("Get-WinkCredentialRotation");

    /// <summary>The text matches the wildcard pattern, in the same case.</summary>
    protected static void AssertLike(string pattern, object? text) =>
        Assert.True(IsLike(pattern, text), $"""
            Expected:
            {pattern}
            Actual:
            {text}
            """);

    /// <summary>The id of an error, without the command that wrote it.</summary>
    protected static string ErrorId(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];

    protected static IEnumerable<string> ErrorIds(Pipeline ran) => ran.Errors.Select(ErrorId);

    /// <summary>The text; of an error, also its first line alone, which says what happened.</summary>
    protected static bool IsLike(string pattern, object? text) => new WildcardPattern(pattern) is var like &&
        (like.IsMatch($"{text}") || (text is ErrorRecord error && like.IsMatch($"{error}".Split('\n')[0])));

    /// <summary>The application that was not attempted.</summary>
    protected static ApplicationReference Target(ErrorRecord error) =>
        Assert.IsType<ApplicationReference>(error.TargetObject);

    /// <summary>What an error says to do now.</summary>
    protected static string Advice(ErrorRecord error) => $"{error}".Split('\n', 2)[^1];

    protected static IEnumerable<string> Applications(IEnumerable<CredentialRotation> rotations) =>
        rotations.Select(rotation => rotation.ApplicationId).Order(StringComparer.Ordinal);

    /// <summary>Each rotation has the credentials that Wink accepts at this moment.</summary>
    protected void AssertValid(IEnumerable<CredentialRotation> rotations)
    {
        foreach (var rotation in rotations)
        {
            var valid = Sandbox.State.FindApplication(rotation.ManagingEntityId, rotation.ApplicationId)!;
            Assert.Equal(valid.ClientId, rotation.ClientId);
            Assert.Equal(valid.ClientId, rotation.Credential.UserName);
            Assert.Equal(valid.Secret, rotation.Credential.GetNetworkCredential().Password);
        }
    }

    private void Use(WinkConnection connection)
    {
        Wink = connection;
        RotationParameters["Connection"] = connection;
    }
}
