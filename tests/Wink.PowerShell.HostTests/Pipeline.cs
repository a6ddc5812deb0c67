using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Shell = System.Management.Automation.PowerShell;

namespace Wink.PowerShell.HostTests;

/// <summary>A script in a runspace of its own, with the cmdlets as they were built, in this process.</summary>
public sealed class Pipeline : IDisposable
{
    private static readonly SessionStateCmdletEntry[] Cmdlets =
    [
        .. from type in typeof(WinkConnection).Assembly.GetExportedTypes()
           let cmdlet = type.GetCustomAttribute<CmdletAttribute>()
           where cmdlet is not null
           select new SessionStateCmdletEntry($"{cmdlet.VerbName}-{cmdlet.NounName}", type, null),
    ];

    private readonly Runspace _runspace;
    private readonly Shell _shell;
    private Task? _running;

    /// <summary>Without a host, it has one without an interface.</summary>
    public Pipeline(string script, PSHost? host, params IEnumerable<(string Name, object? Value)> variables)
    {
        var state = InitialSessionState.CreateDefault();
        state.Commands.Add(Cmdlets);
        state.Variables.Add(variables.Select(variable => new SessionStateVariableEntry(variable.Name, variable.Value, null)));
        _runspace = host is null ? RunspaceFactory.CreateRunspace(state) : RunspaceFactory.CreateRunspace(host, state);
        _runspace.Open();
        _shell = Shell.Create(_runspace);
        _shell.AddScript(script);
    }

    public PSDataCollection<PSObject> Output { get; } = [];

    public PSDataStreams Streams => _shell.Streams;

    public PSInvocationState State => _shell.InvocationStateInfo.State;

    public bool HadErrors => _shell.HadErrors;

    public IReadOnlyList<CredentialRotation> Rotations =>
        [.. SoFar(Output).Select(output => output.BaseObject).OfType<CredentialRotation>()];

    public IReadOnlyList<ErrorRecord> Errors => SoFar(Streams.Error);

    public string Warnings => string.Join(' ', SoFar(Streams.Warning));

    public IReadOnlyList<ProgressRecord> Progress => SoFar(Streams.Progress);

    /// <summary>What it wrote to its output, its errors and its warnings.</summary>
    public IEnumerable<object> Written => [.. SoFar(Output), .. Errors, .. SoFar(Streams.Warning)];

    /// <summary>What ended it. A terminating error of a cmdlet ends its pipeline alone, and is then the last on the error stream.</summary>
    public ErrorRecord? End { get; private set; }

    /// <summary>Whether its end reached who invoked it.</summary>
    public bool Threw { get; private set; }

    public void Start() => _running = _shell.InvokeAsync<PSObject, PSObject>(null, Output);

    /// <summary>Runs it to its end, whatever that is.</summary>
    public async Task RunAsync()
    {
        if (_running is null)
            Start();

        try
        {
            await _running!;
            End = Errors is [.., var last] ? last : null;
        }
        catch (RuntimeException failure)
        {
            End = failure.ErrorRecord;
            Threw = true;
        }
    }

    /// <summary>Stops it as Ctrl+C does, and waits until it has stopped.</summary>
    /// <param name="first">What happens on the thread that stops it, a moment before the commands are told.</param>
    public async Task StopAsync(Action? first = null)
    {
        _shell.InvocationStateChanged += (_, changed) =>
        {
            if (changed.InvocationStateInfo.State == PSInvocationState.Stopping)
                first?.Invoke();
        };
        // The pool may be short of threads.
        await Task.Factory.StartNew(_shell.Stop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Assert.ThrowsAsync<PipelineStoppedException>(() => _running!);
    }

    /// <summary>Stops it, unless it has ended by itself.</summary>
    public async Task StopIfRunningAsync()
    {
        await _shell.StopAsync(null, null);
        await ((Task)_running!).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Runs another script in the same runspace.</summary>
    public async Task<IReadOnlyList<T>> ThenAsync<T>(string script)
    {
        using var shell = Shell.Create(_runspace);
        return [.. (await shell.AddScript(script).InvokeAsync()).Select(output => output.BaseObject).Cast<T>()];
    }

    public void Dispose()
    {
        _runspace.Dispose();
        _shell.Dispose();
        Output.Dispose();
    }

    /// <summary>What is in a stream now. Its own enumerator would wait for the end of the pipeline.</summary>
    private static IReadOnlyList<T> SoFar<T>(PSDataCollection<T> stream) => [.. Enumerable.Range(0, stream.Count).Select(at => stream[at])];
}
