using FsCheck;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Wink.Client.Tests;

/// <summary>Lets FsCheck run and shrink, and say nothing: the test tells the story.</summary>
internal sealed class QuietRunner : IRunner
{
    /// <summary>How it ended, where that was not well: also by an exception, which has no story.</summary>
    public string? Failure { get; private set; } = "It did not run.";

    public void OnStartFixture(Type value)
    {
    }

    public void OnArguments(int value1, FSharpList<object> value2, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> value3)
    {
    }

    public void OnShrink(FSharpList<object> value1, FSharpFunc<FSharpList<object>, string> value2)
    {
    }

    public void OnFinished(string value1, FsCheck.TestResult value2) => Failure = value2.IsPassed ? null : $"{value2}";
}
