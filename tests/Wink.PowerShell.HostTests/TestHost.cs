using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace Wink.PowerShell.HostTests;

/// <summary>
/// A host that records what it is asked and told. Its person gives the answers that were set, and then sits before the question until the
/// test interrupts it. Or there is no person, and it refuses to ask.
/// </summary>
public sealed class TestHost : PSHost
{
    private readonly TestHostInterface _interface;

    public TestHost() => _interface = new TestHostInterface(this);

    /// <summary>What the person answers, in turn: the number of the choice.</summary>
    public ConcurrentQueue<int> Answers { get; init; } = [];

    /// <summary>What asking throws, where nobody is there.</summary>
    public Exception? Refusal { get; init; }

    /// <summary>What a question that is interrupted throws.</summary>
    public Exception InterruptedWith { get; init; } = new PipelineStoppedException();

    /// <summary>Whether writing a line throws.</summary>
    public bool CannotWrite { get; init; }

    /// <summary>Whether writing a warning throws.</summary>
    public bool CannotWarn { get; init; }

    public ConcurrentQueue<string> Captions { get; } = [];

    public ConcurrentQueue<string> Questions { get; } = [];

    /// <summary>What was to be written for the person, without any stream, also where it cannot be.</summary>
    public ConcurrentQueue<string> Lines { get; } = [];

    /// <summary>Completes when the person sits before a question.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends that question: by an answer that was set meanwhile, or as Ctrl+C does.</summary>
    public ManualResetEventSlim Interrupt { get; } = new();

    /// <summary>Is set when that question has ended.</summary>
    public ManualResetEventSlim Interrupted { get; } = new();

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => nameof(TestHost);

    public override PSHostUserInterface UI => _interface;

    public override Version Version { get; } = new(1, 0);

    public override void EnterNestedPrompt() => throw new NotSupportedException();

    public override void ExitNestedPrompt() => throw new NotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }
}
