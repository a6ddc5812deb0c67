using System.Globalization;
using System.Text;

namespace Wink.Client.Tests;

/// <summary>What the world does to a client that rotates one application: data, so that it can be made, shrunk and told.</summary>
/// <param name="Circumstance">What the client is given.</param>
/// <param name="Attempts">How often in turn it rotates. After a crash, a new process makes one attempt more.</param>
/// <param name="Steps">What happens to its requests.</param>
public sealed record Schedule(Circumstance Circumstance, int Attempts, params IReadOnlyList<ScheduleStep> Steps)
{
    internal Fate? FateOf(RequestKind kind, int number)
    {
        foreach (var step in Steps)
        {
            if (step.Number == number && step.Kind == kind)
                return step.Fate;
        }

        return null;
    }

    /// <summary>It as English sentences, and at the end as the arguments that make it again in a test.</summary>
    public override string ToString()
    {
        var story = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"The client rotates {(Attempts == 1 ? "once" : $"{Attempts} times")}{Given}.");
        foreach (var step in Steps)
            story.AppendLine(CultureInfo.InvariantCulture, $"- {step}");

        var steps = Steps.Select(step => $"new ScheduleStep({step.Number}, Fate.{step.Fate})");
        return story.Append(
            CultureInfo.InvariantCulture,
            $"new Schedule({string.Join(", ", [$"Circumstance.{Circumstance}", $"{Attempts}", .. steps])})").ToString();
    }

    private string Given => Circumstance switch
    {
        Circumstance.ReadBefore => ", with the client ID as it was read 3 s before",
        Circumstance.Expected => ", with the client ID that it expects",
        Circumstance.CurrentCredential => ", with the current credentials",
        Circumstance.NoRead => ", and must not read the application",
        Circumstance.OwnApplication => ", and it is the application that is signed in",
        _ => "",
    };
}
