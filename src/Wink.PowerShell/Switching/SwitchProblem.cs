namespace Wink.PowerShell;

/// <summary>Why nothing is rotated by a switch.</summary>
/// <param name="Reason">The reason, in words, as a part of a sentence.</param>
/// <param name="WhatToDo">What to do about it, in sentences.</param>
internal sealed record SwitchProblem(string Reason, string WhatToDo);
