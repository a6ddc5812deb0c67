using System.Collections.ObjectModel;

namespace Wink.PowerShell;

/// <summary>Several short texts, such as scopes. As one text they are joined by spaces, so that a column of Export-Csv is of use.</summary>
/// <param name="texts">The texts.</param>
internal sealed class TextList(IList<string> texts) : ReadOnlyCollection<string>(texts)
{
    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', this);
}
