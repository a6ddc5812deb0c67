using System.Globalization;

namespace Wink.PowerShell.HostTests;

/// <summary>
/// Texts that a person approved, in Approved/, so that a change of words is seen in review. With WINK_APPROVE=1, what the tests receive is
/// approved.
/// </summary>
internal static class Approved
{
    /// <summary>The copies that the tests bring along: they also run where the source is elsewhere.</summary>
    private static readonly string Copies = Path.Combine(AppContext.BaseDirectory, nameof(Approved));

    /// <summary>The source, where the assembly lies in the clone that it was built from.</summary>
    private static readonly string Source = Path.Combine(Repository.Root, "tests", "Wink.PowerShell.HostTests", nameof(Approved));

    /// <summary>Fails at the first line that is not as it was approved, and leaves the text beside the approved one.</summary>
    public static void Verify(string name, string text)
    {
        var received = Lines(text);
        var file = Path.Combine(Copies, $"{name}.txt");
        if (Environment.GetEnvironmentVariable("WINK_APPROVE") == "1")
        {
            Write(Copies, $"{name}.txt", received);
            Write(Source, $"{name}.txt", received);
            File.Delete(Path.Combine(Source, $"{name}.received.txt"));
            return;
        }

        var approved = File.Exists(file) ? Lines(File.ReadAllText(file)) : [];
        if (received.SequenceEqual(approved))
        {
            File.Delete(Path.Combine(Source, $"{name}.received.txt"));
            return;
        }

        Write(Source, $"{name}.received.txt", received);
        var at = received.Zip(approved).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"""
            {name}.txt, line {at + 1}, is not as it was approved.
            Approved: {Line(approved, at)}
            Received: {Line(received, at)}
            All of it is in Approved/{name}.received.txt. If it is right, run the test with WINK_APPROVE=1 and commit {name}.txt.
            """));
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    private static string Line(string[] lines, int at) => at < lines.Length ? lines[at] : "(the end)";

    private static void Write(string folder, string file, string[] lines)
    {
        if (folder == Copies)
            Directory.CreateDirectory(folder);
        if (Directory.Exists(folder))
            File.WriteAllText(Path.Combine(folder, file), string.Join('\n', lines) + '\n');
    }
}
