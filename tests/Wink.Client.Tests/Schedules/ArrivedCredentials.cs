namespace Wink.Client.Tests;

/// <summary>Credentials whose last byte arrived at the client in time.</summary>
/// <param name="Issue">The credentials.</param>
/// <param name="Exchange">The request whose response they are in.</param>
/// <param name="At">When their last byte arrived.</param>
internal sealed record ArrivedCredentials(Issue Issue, Exchange Exchange, TimeSpan At);
