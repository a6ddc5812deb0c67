using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Wink.PowerShell.HostTests;

/// <summary>What a person sees of the bytes that a program writes to its terminal, with all that scrolled off the top.</summary>
/// <param name="columns">Its width.</param>
/// <param name="height">Its height.</param>
/// <param name="answer">Where its answers go, when the program asks where the cursor is.</param>
internal sealed partial class TerminalScreen(int columns, int height, Action<string> answer)
{
    /// <summary>What a prompt ends with, unseen, as shells tell their terminals: text that looks like a prompt is none.</summary>
    public const string EndOfPrompt = "\e]133;B\a";

    private readonly List<(char[] Cells, bool Continues)> _rows = [];
    private readonly StringBuilder _sequence = new();
    private int _row;
    private int _column;

    /// <summary>How many prompts there were.</summary>
    public int Prompts { get; private set; }

    /// <summary>Each line, without the spaces at its end. One that is longer than the screen is wide is one line here.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            var lines = new List<string>();
            var line = new StringBuilder();
            foreach (var (cells, continues) in _rows)
            {
                line.Append(cells);
                if (continues)
                    continue;

                lines.Add(line.ToString().TrimEnd());
                line.Clear();
            }

            return lines;
        }
    }

    /// <summary>What is left of the cursor in its line, and how many rows there are above that line.</summary>
    public (string Text, int Row) AtCursor
    {
        get
        {
            At(_row);
            var first = _row;
            while (first > 0 && _rows[first - 1].Continues)
                first--;

            var text = string.Concat(_rows[first.._row].Select(row => new string(row.Cells)));
            return (text + new string(_rows[_row].Cells, 0, _column), first);
        }
    }

    private int Top => Math.Max(0, _rows.Count - height);

    public void Write(string text)
    {
        foreach (var character in text)
        {
            if (_sequence.Length > 0 || character == '\e')
                Collect(character);
            else
                Show(character);
        }
    }

    private char[] At(int row)
    {
        while (_rows.Count <= row)
            _rows.Add((Blank(), false));

        return _rows[row].Cells;
    }

    private char[] Blank() => [.. Enumerable.Repeat(' ', columns)];

    private void Show(char character)
    {
        switch (character)
        {
            case '\r':
                _column = 0;
                break;
            case '\n':
                At(++_row);
                break;
            case '\b':
                _column = Math.Max(0, Math.Min(_column, columns - 1) - 1);
                break;
            case '\t':
                _column = Math.Min(columns - 1, (_column / 8 + 1) * 8);
                break;
            case >= ' ':
                // The last column is left only when something follows, as on a real one.
                if (_column == columns)
                {
                    _rows[_row] = (At(_row), true);
                    At(++_row);
                    _column = 0;
                }

                At(_row)[_column++] = character;
                break;
        }
    }

    private void Collect(char character)
    {
        _sequence.Append(character);
        if (Complete().Match(_sequence.ToString()) is not { Success: true } match)
            return;

        _sequence.Clear();
        if (match.Groups["final"] is { Success: true } final)
            Control(final.Value[0], [.. Number().Matches(match.Groups["numbers"].Value).Select(number => Parse(number.Value))]);
        else if (match.Value == EndOfPrompt)
            Prompts++;
    }

    private void Control(char final, int[] numbers)
    {
        var first = numbers.FirstOrDefault();
        switch (final)
        {
            case 'H':
                _row = Top + Math.Clamp(first, 1, height) - 1;
                _column = Math.Clamp(numbers.ElementAtOrDefault(1), 1, columns) - 1;
                break;
            case 'J' when first == 0:
                Erase(_row, _column, columns);
                for (var row = _row + 1; row < _rows.Count; row++)
                    Erase(row, 0, columns);

                break;
            case 'K':
                Erase(_row, first == 0 ? _column : 0, first == 1 ? _column + 1 : columns);
                break;
            case 'n' when first == 6:
                answer(string.Create(CultureInfo.InvariantCulture, $"\e[{_row - Top + 1};{Math.Min(_column, columns - 1) + 1}R"));
                break;
            // Colours, and the modes of the cursor and the keys, do not change the text.
            case 'm' or 'h' or 'l':
                break;
            // Better than a picture that is not true.
            default:
                throw new NotSupportedException($"The terminal does not know the sequence {string.Join(';', numbers)}{final}.");
        }
    }

    private void Erase(int row, int from, int to)
    {
        Array.Fill(At(row), ' ', Math.Min(from, columns), Math.Min(to, columns) - Math.Min(from, columns));
        if (to >= columns)
            _rows[row] = (_rows[row].Cells, false);
    }

    private static int Parse(string number) => int.Parse(number, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\e(\[[?>]?(?<numbers>[\d;]*)(?<final>[@-~])|\][^\a\e]*(\a|\e\\)|[()].|[^\[\]()])$", RegexOptions.Singleline)]
    private static partial Regex Complete();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
