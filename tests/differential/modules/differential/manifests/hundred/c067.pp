# Ten resources.
class differential::hundred::c067 {
  notify { 'c067 1':
    message => "1 of class c067 on ${facts['networking']['hostname']}",
  }
  notify { 'c067 2':
    message => "2 of class c067 on ${facts['networking']['hostname']}",
  }
  notify { 'c067 3':
    message => "3 of class c067 on ${facts['networking']['hostname']}",
  }
  notify { 'c067 4':
    message => "4 of class c067 on ${facts['networking']['hostname']}",
  }
  notify { 'c067 5':
    message => "5 of class c067 on ${facts['networking']['hostname']}",
  }
  notify { 'c067 6':
    message => "6 of class c067 on ${facts['networking']['hostname']}",
  }
  notify { 'c067 7':
    message => "7 of class c067 on ${facts['networking']['hostname']}",
  }
  notify { 'c067 8':
    message => "8 of class c067 on ${facts['networking']['hostname']}",
  }
  notify { 'c067 9':
    message => "9 of class c067 on ${facts['networking']['hostname']}",
  }
  notify { 'c067 10':
    message => "10 of class c067 on ${facts['networking']['hostname']}",
  }
}
