namespace Wink.Client;

/// <summary>One rotation that is to be made.</summary>
/// <param name="Application">The application.</param>
/// <param name="Parameters">What the caller knows of it and wants.</param>
/// <param name="Progress">Reports each request, each delay and a lost secret; may be null.</param>
internal sealed record RotationJob(ApplicationReference Application, RotationParameters Parameters, IProgress<WinkEvent>? Progress);
